package types;

@Type
public interface Identified {
    String id();
    String name();
}
