# A virtual machine with a disk, on a fake engine or a real one.

terraform {
  required_providers {
    ovirt = {
      source = "oVirt/ovirt"
    }
  }
}

variable "url" {
  default = "https://localhost:8443/ovirt-engine/api"
}

variable "ca_file" {
  description = "Path of the certificate of the engine's authority."
}

variable "cluster_id" {
  description = "ID of a cluster: the provider doesn't find clusters by name."
}

variable "storage_domain_id" {
  description = "ID of a storage domain: the provider doesn't find storage domains by name."
}

provider "ovirt" {
  url          = var.url
  username     = "admin@internal"
  password     = "secret"
  tls_ca_files = [var.ca_file]
}

data "ovirt_blank_template" "blank" {}

resource "ovirt_vm" "web" {
  name        = "terraform1"
  cluster_id  = var.cluster_id
  template_id = data.ovirt_blank_template.blank.id

  # Engines set these. Without this, the provider replaces the virtual machine at each run.
  lifecycle {
    ignore_changes = [placement_policy_affinity, placement_policy_host_ids]
  }
}

resource "ovirt_disk" "data" {
  storage_domain_id = var.storage_domain_id
  alias             = "terraform1_data"
  format            = "cow"
  sparse            = true
  size              = 10737418240
}

resource "ovirt_disk_attachment" "data" {
  vm_id          = ovirt_vm.web.id
  disk_id        = ovirt_disk.data.id
  disk_interface = "virtio_scsi"
  bootable       = true
  active         = true
}

resource "ovirt_vm_start" "web" {
  vm_id      = ovirt_vm.web.id
  depends_on = [ovirt_disk_attachment.data]
}
