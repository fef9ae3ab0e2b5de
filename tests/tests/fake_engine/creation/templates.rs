//! Templates.

use ovirt_sdk::types::{DiskStatus, Template, TemplateStatus, TemplateVersion, Vm, VmStatus};

use super::{conflict, engine, invalid, machine, minute, refusal, status, template};

#[tokio::test]
async fn a_template_is_locked_until_its_disks_are_copied_and_so_is_its_machine() {
    let (engine, connection) = engine().await;
    let vm = machine(&engine, &connection, "web1").await;
    let templates = connection.system().templates();
    let wanted = Template::new().name("base").vm(Vm::with_name("web1"));
    vm.start().send().await.unwrap();
    minute(&engine);
    conflict(templates.add(wanted.clone()).send().await, "VM is locked or still running");
    vm.stop().send().await.unwrap();
    minute(&engine);
    let made = templates.add(wanted.clone()).send().await.unwrap();
    assert_eq!(made.status, Some(TemplateStatus::Locked));
    assert_eq!(status(&vm).await, VmStatus::ImageLocked);
    let again = templates.add(wanted.clone()).send().await;
    conflict(again, "Cannot add Template. Template name ${TemplateName} already used.");
    let removal = templates.template(made.try_id().unwrap()).remove().send().await;
    conflict(removal, "Cannot remove Template. Template ${TemplateName} is being created.");
    conflict(vm.start().send().await, "Cannot run VM. Template is being created from this VM.");
    minute(&engine);
    conflict(templates.add(wanted.clone()).send().await, "The Template name is already in use");
    assert_eq!(status(&vm).await, VmStatus::Down);
    let template = templates.template(made.try_id().unwrap());
    let found = template.get().send().await.unwrap();
    assert_eq!(found.status, Some(TemplateStatus::Ok));
    let version = found.version.unwrap();
    assert_eq!((version.version_number, version.version_name.as_deref()), (Some(1), Some("base version")));
    assert_eq!(version.base_template.unwrap().id, made.id);
    let attached = template.disk_attachments().list().send().await.unwrap();
    assert_eq!(attached.len(), 2);
    let disk = attached[0].disk.as_ref().unwrap().try_id().unwrap().to_owned();
    let disk = connection.system().disks().disk(disk).get().send().await.unwrap();
    assert_eq!(disk.status, Some(DiskStatus::Ok));
    assert_eq!(template.nics().list().send().await.unwrap().len(), 1);
}

#[tokio::test]
async fn versions_have_the_name_of_their_base_and_take_its_place() {
    let (engine, connection) = engine().await;
    let base = template(&engine, &connection, "base").await;
    let templates = connection.system().templates();
    let of_base =
        TemplateVersion::new().version_name("second").base_template(Template::with_id(base.try_id().unwrap()));
    let wanted = Template::new().name("x").vm(Vm::with_name("base-source")).version(of_base);
    let second = templates.add(wanted.clone()).send().await.unwrap();
    minute(&engine);
    assert_eq!(second.name.as_deref(), Some("base"));
    assert_eq!(second.version.as_ref().unwrap().version_number, Some(2));

    let of_second = TemplateVersion::new().base_template(Template::with_id(second.try_id().unwrap()));
    let nested = templates.add(wanted.clone().version(of_second)).send().await;
    invalid(nested, "Only the first template version can be selected as the base template.");
    let of_blank = TemplateVersion::new().base_template(Template::with_name("Blank"));
    invalid(templates.add(wanted.version(of_blank)).send().await, "Blank template can't have sub-templates.");
    let (base, second) = (templates.template(base.try_id().unwrap()), templates.template(second.try_id().unwrap()));
    invalid(second.update(Template::new().name("y")).send().await, "Cannot update the name of Sub-Templates");
    base.update(Template::new().name("renamed")).send().await.unwrap();
    assert_eq!(second.get().send().await.unwrap().name.as_deref(), Some("renamed"));
    base.remove().send().await.unwrap();
    minute(&engine);
    assert_eq!(refusal(base.get().send().await).0, 404);
    let successor = second.get().send().await.unwrap();
    assert_eq!(successor.version.unwrap().base_template.unwrap().id, successor.id);
    second.remove().send().await.unwrap();
    minute(&engine);
    let blank = templates.template("00000000-0000-0000-0000-000000000000").remove().send().await;
    let (status, text) = refusal(blank);
    assert!(status == 400 && text.contains("The relevant Cluster doesn't exist."), "{status}: {text}");
}
