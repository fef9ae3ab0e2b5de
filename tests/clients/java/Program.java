import static org.ovirt.engine.sdk4.ConnectionBuilder.connection;
import static org.ovirt.engine.sdk4.builders.Builders.cluster;
import static org.ovirt.engine.sdk4.builders.Builders.disk;
import static org.ovirt.engine.sdk4.builders.Builders.diskAttachment;
import static org.ovirt.engine.sdk4.builders.Builders.nic;
import static org.ovirt.engine.sdk4.builders.Builders.storageDomain;
import static org.ovirt.engine.sdk4.builders.Builders.template;
import static org.ovirt.engine.sdk4.builders.Builders.vm;
import static org.ovirt.engine.sdk4.builders.Builders.vnicProfile;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

import org.ovirt.engine.sdk4.Connection;
import org.ovirt.engine.sdk4.Request;
import org.ovirt.engine.sdk4.services.DiskAttachmentService;
import org.ovirt.engine.sdk4.services.DiskService;
import org.ovirt.engine.sdk4.services.SystemService;
import org.ovirt.engine.sdk4.services.VmService;
import org.ovirt.engine.sdk4.services.VmsService;
import org.ovirt.engine.sdk4.types.DiskAttachment;
import org.ovirt.engine.sdk4.types.DiskFormat;
import org.ovirt.engine.sdk4.types.DiskInterface;
import org.ovirt.engine.sdk4.types.DiskStatus;
import org.ovirt.engine.sdk4.types.Host;
import org.ovirt.engine.sdk4.types.HostStatus;
import org.ovirt.engine.sdk4.types.Vm;
import org.ovirt.engine.sdk4.types.VmStatus;

/**
 * Runs typical operations of the Java SDK against a fake engine. OVIRT_URL, OVIRT_USERNAME, OVIRT_PASSWORD and
 * OVIRT_TRUST_STORE configure the connection. The first failed check ends the program.
 */
public class Program {
    /** Collections that a real engine doesn't list either: they answer with an error without a provider. */
    private static final List<String> NOT_LISTED = Arrays.asList("katelloErrataService", "openstackVolumeProvidersService");

    private static void check(String description, boolean condition) {
        if (!condition) {
            throw new AssertionError(description);
        }
    }

    private static void waitUntil(String description, BooleanSupplier condition) throws InterruptedException {
        for (int attempt = 0; attempt < 600; attempt++) {
            if (condition.getAsBoolean()) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("never: " + description);
    }

    /** Lists every collection of the system. Returns their number. */
    private static int listCollections(SystemService system) throws ReflectiveOperationException {
        int count = 0;
        for (Method locator : SystemService.class.getMethods()) {
            Method list = Arrays.stream(locator.getReturnType().getMethods())
                .filter(method -> method.getName().equals("list") && method.getParameterCount() == 0)
                .findFirst().orElse(null);
            if (locator.getParameterCount() != 0 || list == null || NOT_LISTED.contains(locator.getName())) {
                continue;
            }
            try {
                ((Request<?, ?>) list.invoke(locator.invoke(system))).send();
            } catch (InvocationTargetException | RuntimeException error) {
                throw new AssertionError(locator.getName(), error);
            }
            count++;
        }
        return count;
    }

    public static void main(String[] arguments) throws Exception {
        Connection connection = connection()
            .url(System.getenv("OVIRT_URL"))
            .user(System.getenv("OVIRT_USERNAME"))
            .password(System.getenv("OVIRT_PASSWORD"))
            .trustStoreFile(System.getenv("OVIRT_TRUST_STORE"))
            .trustStorePassword("changeit")
            .build();
        SystemService system = connection.systemService();
        check("the engine has a version", system.get().send().api().productInfo().version().majorAsInteger() == 4);
        int collections = listCollections(system);

        VmsService vms = system.vmsService();
        String description = "a <VM> & its \"name\"";
        Vm added = vms.add().vm(vm()
            .name("java1")
            .description(description)
            .memory(BigInteger.valueOf(2L << 30))
            .cluster(cluster().name("Default"))
            .template(template().name("Blank"))).send().vm();
        check("the description comes back", added.description().equals(description));
        VmService service = vms.vmService(added.id());

        DiskAttachment attachment = service.diskAttachmentsService().add().attachment(diskAttachment()
            .interface_(DiskInterface.VIRTIO_SCSI)
            .bootable(true)
            .active(true)
            .disk(disk()
                .name("java1_Disk1")
                .format(DiskFormat.COW)
                .provisionedSize(BigInteger.valueOf(1L << 30))
                .storageDomains(storageDomain().name("data")))).send().attachment();
        DiskService diskService = system.disksService().diskService(attachment.disk().id());
        waitUntil("the disk is ready", () -> diskService.get().send().disk().status() == DiskStatus.OK);
        String profile = system.vnicProfilesService().list().send().profiles().get(0).id();
        service.nicsService().add().nic(nic().name("nic1").vnicProfile(vnicProfile().id(profile))).send();

        service.start().send();
        waitUntil("the VM is up", () -> service.get().send().vm().status() == VmStatus.UP);
        Host host = connection.followLink(service.get().send().vm().host());
        check("the host of the VM is up", host.status() == HostStatus.UP);
        List<Vm> found = vms.list().search("name=java1 and status=up").follow("nics").send().vms();
        check("the VM is found", found.size() == 1 && found.get(0).nics().get(0).name().equals("nic1"));
        try {
            service.remove().send();
            throw new AssertionError("a running VM was removed");
        } catch (org.ovirt.engine.sdk4.Error error) {
            check("the error has the engine's reason: " + error.getMessage(), error.getMessage().contains("VM is running"));
        }

        service.stop().send();
        waitUntil("the VM is down", () -> service.get().send().vm().status() == VmStatus.DOWN);
        service.update().vm(vm().description("changed")).send();
        check("the VM is changed", service.get().send().vm().description().equals("changed"));
        DiskAttachmentService attached = service.diskAttachmentsService().attachmentService(attachment.id());
        check("the disk is attached", attached.get().send().attachment().bootable());
        service.remove().send();
        waitUntil("the VM is removed", () -> vms.list().search("name=java1").send().vms().isEmpty());
        connection.close();
        System.out.println("the Java SDK lists " + collections + " collections, and creates, changes and removes a VM");
    }
}
