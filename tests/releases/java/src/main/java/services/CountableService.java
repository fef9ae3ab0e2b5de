package services;

@Service
public interface CountableService {
    interface Count {
        @Out Integer pages();
        @Deprecated
        @Out String oldPages();
    }
}
