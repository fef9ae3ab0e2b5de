// Runs typical operations of go-ovirt, the Go SDK, against a fake engine. OVIRT_URL, OVIRT_USERNAME, OVIRT_PASSWORD and
// OVIRT_CAFILE configure the connection. The first failed check ends the program.
package main

import (
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	ovirtsdk "github.com/ovirt/go-ovirt"
	// go_ovirt_client.py runs the tests of this module.
	_ "github.com/ovirt/go-ovirt-client/v3"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func check(description string, condition bool) {
	if !condition {
		log.Fatal(description)
	}
}

// waitForStatus polls until the VM has a status.
func waitForStatus(vm *ovirtsdk.VmService, wanted ovirtsdk.VmStatus) *ovirtsdk.Vm {
	for start := time.Now(); time.Since(start) < time.Minute; time.Sleep(50 * time.Millisecond) {
		response, err := vm.Get().Send()
		must(err)
		if response.MustVm().MustStatus() == wanted {
			return response.MustVm()
		}
	}
	log.Fatalf("the VM does not get the status %s", wanted)
	return nil
}

func waitForDisk(disk *ovirtsdk.DiskService) {
	for start := time.Now(); time.Since(start) < time.Minute; time.Sleep(50 * time.Millisecond) {
		response, err := disk.Get().Send()
		must(err)
		if response.MustDisk().MustStatus() == ovirtsdk.DISKSTATUS_OK {
			return
		}
	}
	log.Fatal("the disk stays locked")
}

func main() {
	connection, err := ovirtsdk.NewConnectionBuilder().
		URL(os.Getenv("OVIRT_URL")).
		Username(os.Getenv("OVIRT_USERNAME")).
		Password(os.Getenv("OVIRT_PASSWORD")).
		CAFile(os.Getenv("OVIRT_CAFILE")).
		Build()
	must(err)
	defer connection.Close()
	must(connection.Test())
	system := connection.SystemService()

	api, err := system.Get().Send()
	must(err)
	check("the engine has a version", api.MustApi().MustProductInfo().MustVersion().MustMajor() == 4)

	vms := system.VmsService()
	added, err := vms.Add().Vm(ovirtsdk.NewVmBuilder().
		Name("go1").
		Description("first").
		Memory(2 << 30).
		ClusterBuilder(ovirtsdk.NewClusterBuilder().Name("Default")).
		TemplateBuilder(ovirtsdk.NewTemplateBuilder().Name("Blank")).
		MustBuild()).Send()
	must(err)
	id := added.MustVm().MustId()
	check("the description comes back", added.MustVm().MustDescription() == "first")
	vm := vms.VmService(id)

	_, err = vms.Add().Vm(ovirtsdk.NewVmBuilder().
		Name("go1").
		ClusterBuilder(ovirtsdk.NewClusterBuilder().Name("Default")).
		TemplateBuilder(ovirtsdk.NewTemplateBuilder().Name("Blank")).
		MustBuild()).Send()
	check(fmt.Sprintf("the name is in use: %v", err), err != nil && strings.Contains(err.Error(), "name is already in use"))

	attachment, err := vm.DiskAttachmentsService().Add().Attachment(ovirtsdk.NewDiskAttachmentBuilder().
		Interface(ovirtsdk.DISKINTERFACE_VIRTIO_SCSI).
		Bootable(true).
		Active(true).
		DiskBuilder(ovirtsdk.NewDiskBuilder().
			Name("go1_Disk1").
			Format(ovirtsdk.DISKFORMAT_COW).
			ProvisionedSize(1 << 30).
			StorageDomainsBuilderOfAny(*ovirtsdk.NewStorageDomainBuilder().Name("data"))).
		MustBuild()).Send()
	must(err)
	waitForDisk(system.DisksService().DiskService(attachment.MustAttachment().MustDisk().MustId()))

	profiles, err := system.VnicProfilesService().List().Send()
	must(err)
	profile := profiles.MustProfiles().Slice()[0]
	_, err = vm.NicsService().Add().Nic(ovirtsdk.NewNicBuilder().
		Name("nic1").
		VnicProfileBuilder(ovirtsdk.NewVnicProfileBuilder().Id(profile.MustId())).
		MustBuild()).Send()
	must(err)

	_, err = vm.Start().UseCloudInit(true).Vm(ovirtsdk.NewVmBuilder().
		InitializationBuilder(ovirtsdk.NewInitializationBuilder().HostName("go1.example.com")).
		MustBuild()).Send()
	must(err)
	up := waitForStatus(vm, ovirtsdk.VMSTATUS_UP)
	host, err := connection.FollowLink(up.MustHost())
	must(err)
	check("the host of the VM is up", host.(*ovirtsdk.Host).MustStatus() == ovirtsdk.HOSTSTATUS_UP)
	found, err := vms.List().Search("name=go1 and status=up").Follow("nics,disk_attachments.disk").Send()
	must(err)
	list := found.MustVms().Slice()
	check("the VM is found", len(list) == 1 && list[0].MustNics().Slice()[0].MustName() == "nic1")
	check("the disk is in the response", list[0].MustDiskAttachments().Slice()[0].MustDisk().MustName() == "go1_Disk1")

	_, err = vm.Stop().Send()
	must(err)
	waitForStatus(vm, ovirtsdk.VMSTATUS_DOWN)
	_, err = vm.Update().Vm(ovirtsdk.NewVmBuilder().Description("changed").MustBuild()).Send()
	must(err)
	check("the VM is changed", waitForStatus(vm, ovirtsdk.VMSTATUS_DOWN).MustDescription() == "changed")
	_, err = vm.Remove().Send()
	must(err)
	for start := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		_, err = vm.Get().Send()
		if _, gone := err.(*ovirtsdk.NotFoundError); gone {
			break
		}
		check(fmt.Sprintf("the VM is removed: %v", err), time.Since(start) < time.Minute)
	}
	fmt.Println("go-ovirt creates, starts, finds, changes and removes a VM")
}
