package services;

public interface BookService {
    interface Update {
        default void inputDetail() {
            optional(book().name());
        }
        @In Book book();
        @In String note();
    }

    @Deprecated
    interface Remove {
        @In Boolean async();
    }

    @Service LibraryService byNumber(String shelfNumber);
}
