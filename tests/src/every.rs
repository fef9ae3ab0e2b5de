//! Every struct of the API by its Rust name, for tests that need the types and not only their tables.

/// Calls a macro with the names of all structs. A test compares them with [`ovirt_sdk::registry::structs`].
#[macro_export]
macro_rules! every_struct {
    ($macro:ident) => {
        $macro! {
            AffinityGroup, AffinityLabel, AffinityRule, Agent, AgentConfiguration, Api, ApiSummary, ApiSummaryItem,
            Application, AuthorizedKey, Backup, Balance, Bios, BlockStatistic, Bonding, Bookmark, Boot, BootMenu,
            BrickProfileDetail, Cdrom, Certificate, Checkpoint, CloudInit, Cluster, ClusterFeature, ClusterLevel,
            Configuration, Console, Core, Cpu, CpuProfile, CpuTopology, CpuTune, CpuType, CustomProperty, DataCenter,
            Device, Disk, DiskAttachment, DiskProfile, DiskSnapshot, Display, Dns, DnsResolverConfiguration, Domain,
            DynamicCpu, EngineBackupInfo, EntityProfileDetail, ErrorHandling, Event, EventSubscription,
            ExternalComputeResource, ExternalDiscoveredHost, ExternalHost, ExternalHostGroup, ExternalHostProvider,
            ExternalNetworkProviderConfiguration, ExternalProvider, ExternalTemplateImport, ExternalVmImport, Fault,
            FencingPolicy, File, Filter, Floppy, FopStatistic, GlusterBrick, GlusterBrickAdvancedDetails,
            GlusterBrickMemoryInfo, GlusterClient, GlusterHook, GlusterMemoryPool, GlusterServerHook, GlusterVolume,
            GlusterVolumeProfileDetails, GracePeriod, GraphicsConsole, Group, GuestOperatingSystem,
            HardwareInformation, HighAvailability, Hook, Host, HostCpuUnit, HostDevice, HostDevicePassthrough, HostNic,
            HostNicVirtualFunctionsConfiguration, HostStorage, HostedEngine, Icon, Image, ImageTransfer,
            Initialization, InstanceType, Io, Ip, IpAddressAssignment, IscsiBond, IscsiDetails, Job, KatelloErratum,
            Kernel, Ksm, LinkLayerDiscoveryProtocolElement, LogicalUnit, MDevType, Mac, MacPool, MemoryOverCommit,
            MemoryPolicy, Method, MigrationBandwidth, MigrationOptions, MigrationPolicy, Network, NetworkAttachment,
            NetworkConfiguration, NetworkFilter, NetworkFilterParameter, NetworkLabel, NfsProfileDetail, Nic,
            NicConfiguration, NumaNode, NumaNodePin, OpenStackImage, OpenStackImageProvider, OpenStackNetwork,
            OpenStackNetworkProvider, OpenStackProvider, OpenStackSubnet, OpenStackVolumeProvider,
            OpenStackVolumeType, OpenstackVolumeAuthenticationKey, OperatingSystem, OperatingSystemInfo, Option,
            Package, Payload, Permission, Permit, PmProxy, PortMirroring, PowerManagement, Product, ProductInfo,
            ProfileDetail, Property, ProxyTicket, Qos, Quota, QuotaClusterLimit, QuotaStorageLimit, Range, Rate,
            RegistrationAffinityGroupMapping, RegistrationAffinityLabelMapping, RegistrationClusterMapping,
            RegistrationConfiguration, RegistrationDomainMapping, RegistrationLunMapping, RegistrationRoleMapping,
            RegistrationVnicProfileMapping, ReportedConfiguration, ReportedDevice, RngDevice, Role, SchedulingPolicy,
            SchedulingPolicyUnit, SeLinux, SerialNumber, Session, SkipIfConnectivityBroken, SkipIfSdActive, Snapshot,
            SpecialObjects, Spm, Ssh, SshPublicKey, Sso, Statistic, Step, StorageConnection, StorageConnectionExtension,
            StorageDomain, StorageDomainLease, SystemOption, SystemOptionValue, Tag, Template, TemplateVersion, Ticket,
            TimeZone, TransparentHugePages, UnmanagedNetwork, Usb, User, UserOption, Value, VcpuPin, Vendor, Version,
            VirtioScsi, VirtualNumaNode, Vlan, Vm, VmBase, VmMediatedDevice, VmPlacementPolicy, VmPool, VmSummary,
            VnicPassThrough, VnicProfile, VnicProfileMapping, VolumeGroup, Watchdog, Weight,
        }
    };
}
