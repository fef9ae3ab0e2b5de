//! Credentials by name: from maps, arguments and environment variables.

use ovirt_sdk::credentials::{LoginMethod, LoginMethods, LoginOption};
use ovirt_sdk::http::Method;
use ovirt_sdk::{Connection, Credentials, Error};

use crate::support::{Asked, Engine, PASSWORD, Reply, Server, USER, builder};

fn api(_: &Asked) -> Reply {
    Reply::xml(200, "<api/>")
}

/// The name of the provider that a map selects.
fn selected(values: &[(&str, &str)]) -> Result<String, Error> {
    LoginMethods::standard().from_map(values.iter().copied()).map(|credentials| format!("{credentials:?}"))
}

#[test]
fn the_first_way_with_all_its_options_is_used() {
    let user = [("username", USER), ("password", PASSWORD)];
    let with = |more: &[(&'static str, &'static str)]| selected(&[&user[..], more].concat()).unwrap();
    assert_eq!(with(&[]), "Credentials(password)");
    assert_eq!(with(&[("token", "t")]), "Credentials(token)");
    assert_eq!(with(&[("token", "")]), "Credentials(password)", "an empty value is unset");
    assert_eq!(with(&[("sso_url", "https://sso/token")]), "Credentials(external single sign-on)");
    assert_eq!(with(&[("auth", "basic"), ("token", "t")]), "Credentials(basic)");
    assert_eq!(with(&[("auth", "session")]), "Credentials(session)");
    assert_eq!(with(&[("auth", "password"), ("token", "t")]), "Credentials(password)");
    assert_eq!(selected(&[("principal", "a@R"), ("keytab", "/k")]).unwrap(), "Credentials(kerberos)");
    assert_eq!(selected(&[("principal", "a@R"), ("password", "p")]).unwrap(), "Credentials(kerberos)");
    assert_eq!(selected(&[("auth", "kerberos")]).unwrap(), "Credentials(kerberos)");
}

#[test]
fn otherwise_the_error_lists_what_each_way_lacks() {
    let problem = |values: &[(&str, &str)]| {
        let error = selected(values).unwrap_err();
        assert!(error.is_invalid_option());
        error.to_string()
    };
    assert_eq!(
        problem(&[("username", USER)]),
        "invalid connection options:\n  credentials: no way to log in has all its options\n    \
         token: needs `token`\n    external_sso: needs `sso_url`, `password`\n    password: needs `password`\n    \
         kerberos_keytab: needs `principal`, `keytab`\n    kerberos_password: needs `principal`, `password`"
    );
    assert_eq!(
        problem(&[("auth", "basic"), ("username", USER)]),
        "invalid connection options:\n  credentials: `basic` needs `password`"
    );
    assert_eq!(
        problem(&[("auth", "ldap")]),
        "invalid connection options:\n  auth: `ldap` is not a way to log in; the ways are token, external_sso, password, \
         basic, session, kerberos_keytab, kerberos_password, kerberos"
    );
    assert_eq!(
        problem(&[("usernme", "s3cret"), ("password", "s3cret")]),
        "invalid connection options:\n  credentials: no way to log in has the option `usernme`"
    );
}

#[test]
fn ways_and_options_are_described() {
    let methods = LoginMethods::standard();
    let sso = methods.iter().find(|method| method.name() == "external_sso").unwrap();
    let shown: Vec<_> = sso
        .options()
        .iter()
        .map(|it| (it.name, it.required, it.secret, it.default, it.variable.unwrap_or_default()))
        .collect();
    assert_eq!(
        shown,
        [
            ("sso_url", true, false, None, "OVIRT_SSO_URL"),
            ("username", true, false, None, "OVIRT_USERNAME"),
            ("password", true, true, None, "OVIRT_PASSWORD"),
            ("sso_revoke_url", false, false, None, "OVIRT_SSO_REVOKE_URL"),
            ("sso_token_name", false, false, Some("access_token"), "OVIRT_SSO_TOKEN_NAME"),
        ]
    );
    assert!(methods.iter().all(|method| !method.summary().is_empty()));
    // Every variable belongs to one option.
    let options = methods.options();
    let variables: std::collections::BTreeSet<_> = options.iter().filter_map(|option| option.variable).collect();
    assert_eq!(variables.len(), options.len());
    assert!(options.iter().any(|option| option.name == "token_cache"));
}

#[tokio::test]
async fn options_reach_the_server() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/sso/token" => Reply::json(200, r#"{"id_token":"t0ken"}"#),
        _ => api(asked),
    })
    .await;
    let sso = format!("{}/sso/token", server.origin());
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("tokens.json");
    let values = [
        ("sso_url", sso.as_str()),
        ("username", "u"),
        ("password", "p"),
        ("sso_token_name", "id_token"),
        ("token_cache", cache.to_str().unwrap()),
    ];
    for _ in 0..2 {
        let credentials = LoginMethods::standard().from_map(values).unwrap();
        let connection = builder(&server).credentials(credentials).build().unwrap();
        connection.raw(Method::Get, "vms").send().await.unwrap();
    }
    let paths: Vec<String> = server.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/sso/token", "/ovirt-engine/api/vms", "/ovirt-engine/api/vms"]);
    assert_eq!(server.last().header("authorization"), "Bearer t0ken");
}

#[tokio::test]
async fn other_ways_can_be_added() {
    const CODE: LoginOption =
        LoginOption::new("code", "A code").required().secret().variable("OVIRT_SDK_TEST_CODE").default("fallback");
    let vault = LoginMethod::new("vault", "A token from a vault", [CODE], |values| {
        Credentials::token(format!("vault-{}", values.text("code")))
    });
    let methods = LoginMethods::standard().with(vault.only_by_name());
    let server = Server::start(api).await;
    for (values, token) in [
        (vec![("auth", "vault"), ("code", "7")], "Bearer vault-7"),
        (vec![("auth", "vault")], "Bearer vault-fallback"),
        (vec![("token", "t")], "Bearer t"),
    ] {
        let credentials = methods.from_map(values).unwrap();
        builder(&server).credentials(credentials).build().unwrap().test().await.unwrap();
        assert_eq!(server.last().header("authorization"), token);
    }
    // A way with the name of another one replaces it.
    let replaced = methods.clone().with(LoginMethod::new("token", "Mine", [], |_| Credentials::token("mine")));
    assert_eq!(replaced.iter().filter(|method| method.name() == "token").count(), 1);
    let credentials = replaced.from_map([("username", USER), ("password", PASSWORD)]).unwrap();
    assert_eq!(format!("{credentials:?}"), "Credentials(token)");
    let none = LoginMethods::none().from_map([("token", "t")]).unwrap_err();
    assert!(none.to_string().contains("no way to log in has the option `token`"), "{none}");
}

#[tokio::test]
async fn arguments_of_a_program() {
    let methods = LoginMethods::standard();
    let parsed = |arguments: &[&str]| {
        let command = methods.arguments(clap::Command::new("report").arg(clap::Arg::new("file")));
        command.try_get_matches_from([&["report"], arguments].concat())
    };
    let engine = Engine::new();
    let server = Server::start(engine.handler(api)).await;
    let matches = parsed(&["--ovirt-username", USER, "--ovirt-password", PASSWORD, "name"]).unwrap();
    assert_eq!(matches.get_one::<String>("file").map(String::as_str), Some("name"));
    let credentials = methods.from_arguments(&matches).unwrap();
    builder(&server).credentials(credentials).build().unwrap().test().await.unwrap();
    assert_eq!(engine.issued(), 1);
    let sso = parsed(&["--ovirt-sso-url=https://sso/x", "--ovirt-username=u", "--ovirt-password=p"]).unwrap();
    assert_eq!(format!("{:?}", methods.from_arguments(&sso).unwrap()), "Credentials(external single sign-on)");
    assert!(parsed(&["--ovirt-usernme", "u"]).is_err());
    let error =
        methods.from_arguments(&parsed(&["--ovirt-auth", "basic", "--ovirt-username", "u"]).unwrap()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid connection options:\n  credentials: `basic` needs `--ovirt-password` (or `OVIRT_PASSWORD`)"
    );
    // A command without the arguments reads only the environment.
    let other = clap::Command::new("other").get_matches_from(["other"]);
    assert!(
        methods.from_arguments(&other).unwrap_err().to_string().contains("needs `--ovirt-token` (or `OVIRT_TOKEN`)")
    );
    let help = methods.arguments(clap::Command::new("report")).render_help().to_string();
    assert!(help.contains("--ovirt-sso-token-name <SSO_TOKEN_NAME>"), "{help}");
    assert!(help.contains("[env: OVIRT_SSO_TOKEN_NAME] [default: access_token]"), "{help}");
}

#[test]
fn problems_of_values_are_reported_by_option() {
    let credentials = LoginMethods::standard().from_map([("token", "a b")]).unwrap();
    let error = Connection::builder("https://e/api").credentials(credentials).build().unwrap_err();
    assert_eq!(error.problems().next().unwrap().0, "token");
}
