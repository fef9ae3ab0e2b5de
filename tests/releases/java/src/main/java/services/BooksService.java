package services;

import static org.example.Language.COLLECTION;

/**
 * All books.
 */
@Service
@Area({"Reading"})
public interface BooksService extends CountableService {
    /** @since 1.1 */
    interface Add {
        @InputDetail
        default void inputDetail() {
            mandatory(book().name());
            // optional(book().forgotten());
            optional(book().shelf().id());
            or(mandatory(book().cover()), mandatory(book().pages()));
            optional(book().sequels()[COLLECTION].name());
            optional(book().shelf().name());
            mandatory(silent());
        }

        /** Text. @since is no tag here. */
        @In @Out Book book();

        /** @since 1.1.2 */
        @Deprecated
        @In Boolean silent();

        interface FromShelf extends Add {
            @InputDetail
            default void inputDetail() {
                mandatory(book().shelf().id());
            }
            /** @since 1.5 */
            @In Integer place();
        }
        interface FromScratch extends Add {}
    }

    interface List extends mixins.Follow {
        @Out Book[] books();
        @In Integer max();
    }

    interface SortAll {}

    @Service Book book(String id);
}
