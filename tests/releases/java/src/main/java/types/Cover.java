package types;

/**
 * How it is bound.
 */
@Type
public enum Cover {
    SOFT,

    /** @since 1.4 */
    HARD_4_0,

    @Deprecated
    LEATHER,

    /**
     * Both ways.
     *
     * @deprecated 1.5
     */
    @Deprecated
    lower_case;
}
