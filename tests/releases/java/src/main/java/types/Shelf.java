package types;

@Type
@Deprecated
public interface Shelf extends Identified {
    @Link Book[] books();
    types.Cover cover();
}
