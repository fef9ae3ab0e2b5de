package annotations;

public @interface Area {
    String[] value();
}
