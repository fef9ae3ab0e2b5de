fn main() -> std::process::ExitCode {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let read = match ovirt_sdk_generator::read(&root.join("model"), root) { Ok(r) => r, Err(e) => { eprint!("{}", e.render(false)); return 1.into() } };
    if std::env::args().nth(1).as_deref() == Some("export") { print!("{}", ovirt_sdk_generator::export::export(&read.model).unwrap()); return 0.into(); }
    let files = match ovirt_sdk_generator::generate(&read) { Ok(f) => f, Err(e) => { eprintln!("{e}"); return 1.into() } };
    let d = ovirt_sdk_generator::output::compare(root, &files).unwrap();
    eprintln!("{} files, {} differ", files.len(), d.len());
    ovirt_sdk_generator::output::write(root, &files, &d).unwrap();
    0.into()
}
