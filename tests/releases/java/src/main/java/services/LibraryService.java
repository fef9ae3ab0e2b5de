package services;

import annotations.Area;
import mixins.Follow;
import services.shop.ShopService;

@Root
@Area("Reading")
public interface LibraryService {
    interface Get extends Follow {
        @Out Shelf shelf();
    }

    @Service BooksService books();
    /** @since 1.6 */
    @Deprecated
    @Service ShopService shop();
}
