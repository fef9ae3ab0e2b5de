//! Generated collections of VMs for benchmarks: any size, same content on every run, in the format of an engine.
//!
//! The format follows the engine: XML declaration, indentation with four spaces, line feeds, order of elements, and
//! actions and links for every VM. Names, identifiers, sizes, dates and states vary. Two of three VMs are running. Some
//! VMs have cloud-init, pinned CPUs or a fixed host.

use std::fmt::{Display, Write};

/// Number of VMs, of about 9 KB each, to which the budgets of the SDK apply.
pub const LARGE: usize = 10_000;

const API: &str = "/ovirt-engine/api";

const ACTIONS: [&str; 19] = [
    "cancelmigration",
    "clone",
    "commitsnapshot",
    "detach",
    "export",
    "freezefilesystems",
    "logon",
    "maintenance",
    "migrate",
    "previewsnapshot",
    "reboot",
    "reordermacaddresses",
    "shutdown",
    "start",
    "stop",
    "suspend",
    "thawfilesystems",
    "ticket",
    "undosnapshot",
];

const LINKS: [&str; 18] = [
    "applications",
    "cdroms",
    "diskattachments",
    "watchdogs",
    "graphicsconsoles",
    "hostdevices",
    "nics",
    "numanodes",
    "sessions",
    "reporteddevices",
    "snapshots",
    "backups",
    "affinitylabels",
    "katelloerrata",
    "permissions",
    "tags",
    "statistics",
    "mediateddevices",
];

const ROLES: [&str; 8] = ["web", "database", "mail", "build", "proxy", "queue", "desktop", "monitor"];
const SITES: [&str; 6] = ["vienna", "lisbon", "oslo", "nairobi", "lima", "kyoto"];
const SYSTEMS: [(&str, &str); 5] = [
    ("rhel_9x64", "Red Hat Enterprise Linux"),
    ("debian_12", "Debian GNU/Linux"),
    ("ubuntu_22_04", "Ubuntu"),
    ("windows_2022", "Windows Server 2022"),
    ("other_linux", "Linux"),
];

/// A `<vms>` document with `count` VMs.
pub fn vms(count: usize) -> String {
    let mut page = Page { out: String::with_capacity(count * 9_500 + 100), depth: 0, random: Random(0x0DD_B1A5) };
    page.out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
    page.element("vms", |page| (0..count).for_each(|number| page.machine(number)));
    page.out
}

/// A xorshift generator. Its sequence is the same on every platform.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Returns `true` once in `times` calls, on average.
    fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    fn one_of<T: Copy + Default>(&mut self, choices: &[T]) -> T {
        let index = self.below(choices.len() as u64) as usize;
        choices.get(index).copied().unwrap_or_default()
    }

    fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xFFFF,
            high & 0xFFF,
            low >> 52,
            low & 0xFFFF_FFFF_FFFF
        )
    }

    fn date(&mut self) -> String {
        format!(
            "20{:02}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}+0{}:00",
            18 + self.below(8),
            1 + self.below(12),
            1 + self.below(28),
            self.below(24),
            self.below(60),
            self.below(60),
            self.below(1000),
            1 + self.below(2)
        )
    }
}

/// The part of the document written so far.
struct Page {
    out: String,
    depth: usize,
    random: Random,
}

impl Page {
    fn line(&mut self, text: impl Display) {
        for _ in 0..self.depth {
            self.out.push_str("    ");
        }
        // Writing to a string can't fail.
        let _ = writeln!(self.out, "{text}");
    }

    fn element(&mut self, tag: &str, content: impl FnOnce(&mut Self)) {
        self.element_with(tag, "", content);
    }

    fn element_with(&mut self, tag: &str, attributes: &str, content: impl FnOnce(&mut Self)) {
        self.line(format_args!("<{tag}{attributes}>"));
        self.depth += 1;
        content(self);
        self.depth -= 1;
        self.line(format_args!("</{tag}>"));
    }

    fn leaf(&mut self, tag: &str, value: impl Display) {
        self.line(format_args!("<{tag}>{value}</{tag}>"));
    }

    fn leaves(&mut self, tag: &str, leaves: &[(&str, &dyn Display)]) {
        self.element(tag, |page| leaves.iter().for_each(|(tag, value)| page.leaf(tag, value)));
    }

    fn links(&mut self, href: &str, rels: &[&str]) {
        rels.iter().for_each(|rel| self.line(format_args!("<link href=\"{href}/{rel}\" rel=\"{rel}\"/>")));
    }

    /// Writes a reference to one of `choices` objects in another collection.
    fn reference(&mut self, tag: &str, collection: &str, choices: u64) {
        let id = Random(0xC0FF_EE11 + self.random.below(choices) * 7919).uuid();
        self.line(format_args!("<{tag} href=\"{API}/{collection}/{id}\" id=\"{id}\"/>"));
    }

    fn machine(&mut self, number: usize) {
        let id = self.random.uuid();
        let href = format!("{API}/vms/{id}");
        let runs = !self.random.once_in(3);
        let name = format!("{}-{}-{number:05}", self.random.one_of(&ROLES), self.random.one_of(&SITES));
        self.element_with("vm", &format!(" href=\"{href}\" id=\"{id}\""), |page| {
            page.element("actions", |page| page.links(&href, &ACTIONS));
            page.leaf("name", &name);
            let description = if page.random.once_in(4) { "moved here from the old cluster &amp; checked" } else { "" };
            page.leaf("description", description);
            let comment = if page.random.once_in(9) { "owner: operations, cost &lt; plan" } else { "" };
            page.leaf("comment", comment);
            page.links(&href, &LINKS);
            page.hardware();
            page.display();
            page.guest_setup(&name);
            page.memory();
            page.policies();
            page.base_links();
            page.state(&name, runs);
        });
    }

    fn hardware(&mut self) {
        let menu = self.random.once_in(5);
        self.element("bios", |page| {
            page.leaves("boot_menu", &[("enabled", &menu)]);
            let firmware = page.random.one_of(&["q35_sea_bios", "q35_ovmf", "i440fx_sea_bios", "q35_secure_boot"]);
            page.leaf("type", firmware);
        });
        let (cores, sockets) = (1 + self.random.below(8), 1 + self.random.below(4));
        let pinned = self.random.once_in(6);
        self.element("cpu", |page| {
            page.leaf("architecture", "x86_64");
            if pinned {
                page.element("cpu_tune", |page| {
                    page.element("vcpu_pins", |page| {
                        for processor in 0..2 {
                            page.leaves("vcpu_pin", &[("cpu_set", &(processor + 4)), ("vcpu", &processor)]);
                        }
                    });
                });
            }
            page.leaves("topology", &[("cores", &cores), ("sockets", &sockets), ("threads", &1)]);
        });
        self.leaf("cpu_pinning_policy", if pinned { "manual" } else { "none" });
        let shares = self.random.one_of(&[0, 512, 1024, 2048]);
        self.leaf("cpu_shares", shares);
        let created = self.random.date();
        self.leaf("creation_time", created);
        if self.random.once_in(3) {
            let properties = [("sap_agent", "false"), ("viodiskcache", "writethrough")];
            self.element("custom_properties", |page| {
                for (name, value) in &properties {
                    page.leaves("custom_property", &[("name", name), ("value", value)]);
                }
            });
        }
        let protected = self.random.once_in(4);
        self.leaf("delete_protected", protected);
    }

    fn display(&mut self) {
        let runs_on = format!("10.{}.{}.{}", self.random.below(250), self.random.below(250), self.random.below(250));
        let (kind, port) = (self.random.one_of(&["vnc", "spice"]), 5900 + self.random.below(99));
        let monitors = 1 + self.random.below(2);
        self.leaves(
            "display",
            &[
                ("address", &runs_on),
                ("allow_override", &false),
                ("copy_paste_enabled", &true),
                ("disconnect_action", &"LOCK_SCREEN"),
                ("file_transfer_enabled", &true),
                ("monitors", &monitors),
                ("port", &port),
                ("single_qxl_pci", &false),
                ("smartcard_enabled", &false),
                ("type", &kind),
            ],
        );
    }

    fn guest_setup(&mut self, name: &str) {
        let priority = self.random.one_of(&[1, 50, 100]);
        self.leaves("high_availability", &[("enabled", &(priority > 1)), ("priority", &priority)]);
        if self.random.once_in(3) {
            let address = format!("192.0.2.{}", 1 + self.random.below(250));
            self.element("initialization", |page| {
                page.leaf(
                    "custom_script",
                    "write_files:\n- path: /etc/motd\n  content: &lt;managed&gt; by &amp; for us\n",
                );
                page.leaf("host_name", format_args!("{name}.example.org"));
                page.element("nic_configurations", |page| {
                    page.element("nic_configuration", |page| {
                        page.leaf("boot_protocol", "static");
                        page.leaves(
                            "ip",
                            &[("address", &address), ("gateway", &"192.0.2.254"), ("netmask", &"255.255.255.0")],
                        );
                        page.leaf("name", "eth0");
                        page.leaf("on_boot", true);
                    });
                });
                page.leaf("regenerate_ssh_keys", false);
                page.leaf("user_name", "operator");
            });
        }
        self.leaves("io", &[("threads", &1)]);
        self.reference("large_icon", "icons", 12);
    }

    fn memory(&mut self) {
        let memory = (1 + self.random.below(256)) << 29;
        self.leaf("memory", memory);
        self.leaves("memory_policy", &[("ballooning", &true), ("guaranteed", &(memory / 2)), ("max", &(memory * 4))]);
        self.element("migration", |page| {
            page.leaf("auto_converge", "inherit");
            page.leaf("compressed", "inherit");
            page.leaf("encrypted", "inherit");
            page.leaf("parallel_migrations_policy", "inherit");
        });
        self.leaf("migration_downtime", -1);
        self.leaf("multi_queues_enabled", true);
        self.leaf("origin", "ovirt");
    }

    fn policies(&mut self) {
        let (system, _) = self.random.one_of(&SYSTEMS);
        self.element("os", |page| {
            page.element("boot", |page| {
                page.element("devices", |page| {
                    page.leaf("device", "hd");
                    if page.random.once_in(3) {
                        page.leaf("device", "network");
                    }
                });
            });
            page.leaf("type", system);
        });
        let bound = self.random.once_in(8);
        self.element("placement_policy", |page| {
            page.leaf("affinity", if bound { "pinned" } else { "migratable" });
            if bound {
                page.element("hosts", |page| page.reference("host", "hosts", 40));
            }
        });
        self.leaves("rng_device", &[("source", &"urandom")]);
        self.reference("small_icon", "icons", 12);
        self.element("sso", |page| page.element("methods", |page| page.line("<method id=\"guest_agent\"/>")));
        self.leaf("start_paused", false);
        self.leaf("stateless", false);
        self.leaf("storage_error_resume_behaviour", "auto_resume");
        let zone = self.random.one_of(&["Etc/GMT", "Europe/Vienna", "Africa/Nairobi", "America/Lima"]);
        self.leaves("time_zone", &[("name", &zone)]);
        self.leaf("tpm_enabled", false);
        let kind = self.random.one_of(&["server", "desktop", "high_performance"]);
        self.leaf("type", kind);
        self.leaves("usb", &[("enabled", &false)]);
        self.leaf("virtio_scsi_multi_queues_enabled", false);
    }

    fn base_links(&mut self) {
        self.reference("cluster", "clusters", 8);
        self.reference("cpu_profile", "cpuprofiles", 8);
        let quota = Random(0xFEED + self.random.below(5)).uuid();
        self.line(format_args!("<quota id=\"{quota}\"/>"));
    }

    fn state(&mut self, name: &str, runs: bool) {
        let (_, system) = self.random.one_of(&SYSTEMS);
        if runs {
            self.leaf("fqdn", format_args!("{name}.example.org"));
            let minor = self.random.below(10);
            self.element("guest_operating_system", |page| {
                page.leaf("architecture", "x86_64");
                page.leaf("codename", "Plow");
                page.leaf("distribution", system);
                page.leaf("family", "Linux");
                page.element("kernel", |page| {
                    let version: [(&str, &dyn Display); 4] =
                        [("build", &0), ("full_version", &"5.14.0-503.11.1.el9_5"), ("major", &5), ("minor", &14)];
                    page.leaves("version", &version);
                });
                page.leaves("version", &[("full_version", &format_args!("9.{minor}")), ("major", &9)]);
            });
            self.leaves("guest_time_zone", &[("name", &"CET"), ("utc_offset", &"+01:00")]);
        }
        self.leaf("next_run_configuration_exists", false);
        self.leaf("numa_tune_mode", "interleave");
        let (start, stop) = (self.random.date(), self.random.date());
        if runs {
            self.leaf("run_once", false);
            self.leaf("start_time", start);
        }
        let state = self.random.one_of(&["up", "up", "up", "paused", "powering_up"]);
        self.leaf("status", if runs { state } else { "down" });
        if !runs {
            self.leaf("stop_reason", "");
        }
        self.leaf("stop_time", stop);
        if runs {
            self.reference("host", "hosts", 40);
        }
        self.reference("original_template", "templates", 25);
        self.reference("template", "templates", 25);
    }
}

#[cfg(test)]
mod tests {
    use ovirt_sdk::types::{List, Vm};
    use ovirt_sdk::xml::DecodeOptions;

    #[test]
    fn vms_have_a_realistic_size_and_no_unknown_content() {
        let document = super::vms(200);
        assert!((8_000..10_000).contains(&(document.len() / 200)), "{} bytes each", document.len() / 200);
        let vms: List<Vm> = DecodeOptions::new().strict(true).from_str(&document).expect("only what the model knows");
        assert_eq!(vms.len(), 200);
        let distinct: std::collections::HashSet<_> = vms.iter().map(|vm| (&vm.id, &vm.name)).collect();
        assert_eq!(distinct.len(), 200);
    }
}
