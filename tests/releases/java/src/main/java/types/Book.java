/*
A comment that says @since 9.9 and is no documentation.
*/
package types;

import org.example.Link;
import org.example.Type;

/**
 * A book.
 *
 * @author Somebody
 * @since 1.1
 */
@Type
public interface Book extends Identified {
    /** How many pages it has. */
    Integer pages();

    /**
     * One word of three.
     *
     * @since 1.3.1
     */
    @Deprecated
    Boolean _volatile();

    /**
     * Twice is never.
     *
     * @since 1.0
     * @since 1.1
     */
    java.util.Date printedAt();

    /**
     * No release.
     *
     * @since last winter
     */
    BigDecimal price();

    Double weight();

    /** @deprecated use another */
    String[] aliases();

    Cover cover();

    DeviceIO deviceIO();

    // Links.
    @Link Shelf shelf();
    @Link Book[] sequels();
}
