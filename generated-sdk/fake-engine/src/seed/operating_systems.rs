//! Operating systems that virtual machines can be said to have, with their icons.

use crate::path::last;
use crate::resources::paths::{ICONS, OPERATING_SYSTEMS};
use crate::state::State;
use ovirt_sdk::types::Architecture::{self, Ppc64, S390x, X8664};
use ovirt_sdk::types::TpmSupport::{self, Required, Supported, Unsupported};
use ovirt_sdk::types::{Icon, OperatingSystemInfo};

/// A picture of one pixel.
const PICTURE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/// Number, name, description, architecture, and whether they use a TPM.
type Row = (i64, &'static str, &'static str, Architecture, TpmSupport);

const ALL: &[Row] = &[
    (0, "other", "Other OS", X8664, Unsupported),
    (5, "other_linux", "Linux", X8664, Unsupported),
    (9, "rhel_3", "Red Hat Enterprise Linux 3.x", X8664, Unsupported),
    (15, "rhel_3x64", "Red Hat Enterprise Linux 3.x x64", X8664, Unsupported),
    (8, "rhel_4", "Red Hat Enterprise Linux 4.x", X8664, Unsupported),
    (14, "rhel_4x64", "Red Hat Enterprise Linux 4.x x64", X8664, Unsupported),
    (7, "rhel_5", "Red Hat Enterprise Linux 5.x", X8664, Unsupported),
    (13, "rhel_5x64", "Red Hat Enterprise Linux 5.x x64", X8664, Unsupported),
    (18, "rhel_6", "Red Hat Enterprise Linux 6.x", X8664, Unsupported),
    (19, "rhel_6x64", "Red Hat Enterprise Linux 6.x x64", X8664, Unsupported),
    (24, "rhel_7x64", "Red Hat Enterprise Linux 7.x x64", X8664, Supported),
    (30, "rhel_8x64", "Red Hat Enterprise Linux 8.x x64", X8664, Supported),
    (34, "rhel_9x64", "Red Hat Enterprise Linux 9.x x64", X8664, Supported),
    (39, "rhel_10x64", "Red Hat Enterprise Linux 10.x x64", X8664, Supported),
    (35, "rhcos_x64", "Red Hat Enterprise Linux CoreOS", X8664, Supported),
    (28, "rhel_atomic7x64", "Red Hat Atomic 7.x x64", X8664, Supported),
    (33, "other_linux_kernel_4", "Other Linux (kernel 4.x)", X8664, Supported),
    (1, "windows_xp", "Windows XP", X8664, Unsupported),
    (3, "windows_2003", "Windows 2003", X8664, Unsupported),
    (4, "windows_2008", "Windows 2008", X8664, Unsupported),
    (10, "windows_2003x64", "Windows 2003 x64", X8664, Unsupported),
    (11, "windows_7", "Windows 7", X8664, Unsupported),
    (12, "windows_7x64", "Windows 7 x64", X8664, Unsupported),
    (16, "windows_2008x64", "Windows 2008 x64", X8664, Unsupported),
    (17, "windows_2008R2x64", "Windows 2008 R2 x64", X8664, Unsupported),
    (20, "windows_8", "Windows 8", X8664, Supported),
    (21, "windows_8x64", "Windows 8 x64", X8664, Supported),
    (23, "windows_2012x64", "Windows 2012 x64", X8664, Supported),
    (25, "windows_2012R2x64", "Windows 2012R2 x64", X8664, Supported),
    (26, "windows_10", "Windows 10", X8664, Supported),
    (27, "windows_10x64", "Windows 10 x64", X8664, Supported),
    (29, "windows_2016x64", "Windows 2016 x64", X8664, Supported),
    (31, "windows_2019x64", "Windows 2019 x64", X8664, Supported),
    (36, "windows_11", "Windows 11", X8664, Required),
    (37, "windows_2022", "Windows 2022", X8664, Supported),
    (38, "windows_2025", "Windows 2025", X8664, Supported),
    (1193, "sles_11", "SUSE Linux Enterprise Server 11+", X8664, Unsupported),
    (1252, "ubuntu_12_04", "Ubuntu Precise Pangolin LTS", X8664, Unsupported),
    (1253, "ubuntu_12_10", "Ubuntu Quantal Quetzal", X8664, Unsupported),
    (1254, "ubuntu_13_04", "Ubuntu Raring Ringtails", X8664, Unsupported),
    (1255, "ubuntu_13_10", "Ubuntu Saucy Salamander", X8664, Unsupported),
    (1256, "ubuntu_14_04", "Ubuntu Trusty Tahr LTS+", X8664, Unsupported),
    (1257, "ubuntu_18_04", "Ubuntu Bionic Beaver LTS+", X8664, Unsupported),
    (1300, "debian_7", "Debian 7+", X8664, Unsupported),
    (1301, "debian_9", "Debian 9+", X8664, Unsupported),
    (1500, "freebsd", "FreeBSD 9.2", X8664, Unsupported),
    (1501, "freebsdx64", "FreeBSD 9.2 x64", X8664, Unsupported),
    (1001, "other_ppc64", "Other OS", Ppc64, Unsupported),
    (1002, "other_linux_ppc64", "Linux", Ppc64, Unsupported),
    (1003, "rhel_6_ppc64", "Red Hat Enterprise Linux up to 6.8", Ppc64, Unsupported),
    (1007, "rhel_6_9_plus_ppc64", "Red Hat Enterprise Linux 6.9+", Ppc64, Unsupported),
    (1004, "sles_11_ppc64", "SUSE Linux Enterprise Server 11", Ppc64, Unsupported),
    (1005, "ubuntu_14_04_ppc64", "Ubuntu Trusty Tahr LTS+", Ppc64, Unsupported),
    (1006, "rhel_7_ppc64", "Red Hat Enterprise Linux 7.x", Ppc64, Supported),
    (1008, "rhel_8_ppc64", "Red Hat Enterprise Linux 8.x", Ppc64, Supported),
    (1009, "rhel_9_ppc64", "Red Hat Enterprise Linux 9.x", Ppc64, Supported),
    (2001, "other_s390x", "Other OS", S390x, Unsupported),
    (2002, "other_linux_s390x", "Linux", S390x, Unsupported),
    (2003, "rhel_7_s390x", "Red Hat Enterprise Linux 7.x", S390x, Supported),
    (2004, "sles_12_s390x", "SUSE Linux Enterprise Server 12", S390x, Unsupported),
    (2005, "ubuntu_16_04_s390x", "Ubuntu Xenial Xerus LTS+", S390x, Unsupported),
];

pub(super) fn fill(state: &mut State) {
    // Those of one family share their icons.
    let mut families: Vec<(String, [String; 2])> = Vec::new();
    for (number, name, description, architecture, tpm) in ALL {
        let family = name.split('_').next().unwrap_or(name);
        let known = families.iter().find(|(known, _)| known == family).map(|(_, icons)| icons.clone());
        let [large, small] = known.unwrap_or_else(|| {
            let icons = ["large", "small"].map(|_| {
                let icon = Icon::new().data(PICTURE).media_type("image/png");
                last(&state.insert(ICONS, icon)).to_owned()
            });
            families.push((family.to_owned(), icons.clone()));
            icons
        });
        let system = OperatingSystemInfo::with_id(number.to_string())
            .name(*name)
            .description(*description)
            .architecture(architecture.clone())
            .large_icon(Icon::with_id(large))
            .small_icon(Icon::with_id(small))
            .tpm_support(tpm.clone());
        state.insert(OPERATING_SYSTEMS, system);
    }
}
