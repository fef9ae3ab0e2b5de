package mixins;

import org.example.In;
import org.example.Mixin;

@Mixin
public interface Follow {
    /**
     * Text that is not read.
     *
     * @since 1.2
     */
    @In String follow();
}
