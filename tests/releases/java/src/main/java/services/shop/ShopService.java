package services.shop;

@Service
@Area("Trade")
public interface ShopService {
    interface Get {
        @Out Book book();
    }
}
