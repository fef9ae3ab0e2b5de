//! Tokens that are saved in a file, so that several programs share a login.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::authorization::{Authorization, Token};
use super::login_client::LoginClient;
use super::provider::{CredentialProvider, Credentials};
use crate::error::Error;
use crate::http::BoxFuture;
use crate::random::random;

/// The name of the option in problems.
const OPTION: &str = "token_cache";

/// The member of the file that contains the tokens.
const TOKENS: &str = "tokens";

/// A file with saved tokens, so that programs that run often don't log in each time.
///
/// The saved token is used first. If there is none, or if the engine rejects it, the wrapped credentials log in, and their
/// token is saved. The file can have tokens of several engines and accounts. Only its owner can read it (mode 0600); a file
/// that others can read is a problem when the connection is built. Closing the connection does not revoke the token.
///
/// ```
/// use ovirt_sdk::credentials::TokenCache;
/// use ovirt_sdk::{Connection, Credentials};
///
/// let cache = TokenCache::new("/run/user/1000/ovirt-tokens.json");
/// let connection = Connection::builder("https://engine.example.com/ovirt-engine/api")
///     .credentials(cache.wrap(Credentials::password("admin@ovirt@internalsso", "secret")))
///     .build()?;
/// # Ok::<(), ovirt_sdk::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct TokenCache {
    path: PathBuf,
}

impl TokenCache {
    /// A cache in a file, which is created when the first token is saved.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Returns credentials that use the saved token first, and save the token of these credentials.
    pub fn wrap(&self, credentials: impl Into<Credentials>) -> Credentials {
        let (cache, credentials) = (self.clone(), credentials.into());
        Credentials::provider(Cached { cache, credentials, last: Mutex::default() })
    }

    /// Removes the file. The tokens stay valid until they expire.
    ///
    /// # Errors
    ///
    /// When the file exists and can't be removed.
    pub fn clear(&self) -> Result<(), Error> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io(format!("remove the token cache `{}`", self.path.display()), error))
            }
            _ => Ok(()),
        }
    }

    /// The problem with the file, if it exists.
    fn problem(&self) -> Option<String> {
        let path = self.path.display();
        match fs::metadata(&self.path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => Some(format!("can't read `{path}`: {error}")),
            Ok(metadata) if !metadata.is_file() => Some(format!("`{path}` is not a file")),
            Ok(metadata) if is_open_to_others(&metadata) => {
                Some(format!("other users can access `{path}`; run `chmod 600 '{path}'`, and `clear` it if in doubt"))
            }
            Ok(_) => None,
        }
    }

    /// The saved tokens. A damaged file counts as empty.
    fn tokens(&self) -> Map<String, Value> {
        if self.problem().is_some() {
            return Map::new();
        }
        let text = Zeroizing::new(fs::read_to_string(&self.path).unwrap_or_default());
        match serde_json::from_str::<Value>(&text) {
            Ok(Value::Object(mut file)) => match file.remove(TOKENS) {
                Some(Value::Object(tokens)) => tokens,
                _ => Map::new(),
            },
            _ => Map::new(),
        }
    }

    fn load(&self, key: &str) -> Option<Token> {
        self.tokens().get(key).and_then(Value::as_str).filter(|token| !token.is_empty()).map(Token::from)
    }

    fn save(&self, key: String, token: &Token) -> std::io::Result<()> {
        let mut tokens = self.tokens();
        tokens.insert(key, token.as_str().into());
        let file = Map::from_iter([(TOKENS.to_owned(), Value::Object(tokens))]);
        let text = Zeroizing::new(Value::Object(file).to_string());
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder {
            create_folder(folder)?;
        }
        // Readers never see half a file, and the new file never has the permissions of an old one.
        let temporary = self.path.with_extension(format!("{:016x}", random()));
        let written = create_file(&temporary).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            fs::rename(&temporary, &self.path)
        });
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        written
    }
}

#[cfg(unix)]
fn is_open_to_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &fs::Metadata) -> bool {
    false
}

/// Creates folders that only their owner can access.
fn create_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// Creates a new file that only its owner can access.
fn create_file(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true).open(path)
}

/// Credentials whose token is saved.
struct Cached {
    cache: TokenCache,
    credentials: Credentials,
    /// The last token. Another login means that the engine rejected it.
    last: Mutex<Option<Token>>,
}

impl Cached {
    async fn get_authorization(&self, client: &LoginClient) -> Result<Authorization, Error> {
        let account = self.credentials.account().unwrap_or_default();
        let key = format!("{} {} {account}", client.api_url(), self.credentials.name());
        let saved = self.cache.load(&key);
        if let Some(saved) = saved.filter(|saved| self.replace_last(saved)) {
            return Ok(Authorization::bearer(saved));
        }
        let authorization = self.credentials.log_in(client).await?;
        if let Some(token) = authorization.token() {
            self.replace_last(token);
            // The login itself was successful.
            if let Err(error) = self.cache.save(key, token) {
                tracing::warn!(target: "ovirt_sdk", %error, path = %self.cache.path.display(), "can't save the token");
            }
        }
        Ok(authorization)
    }

    /// Keeps the token; returns whether it is another one than the last.
    fn replace_last(&self, token: &Token) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let differs = last.as_ref() != Some(token);
        *last = Some(token.clone());
        differs
    }
}

impl CredentialProvider for Cached {
    fn name(&self) -> &'static str {
        self.credentials.name()
    }

    fn account(&self) -> Option<&str> {
        self.credentials.account()
    }

    fn problems(&self) -> Vec<(&'static str, String)> {
        let own = self.cache.problem().map(|problem| (OPTION, problem));
        self.credentials.problems().into_iter().chain(own).collect()
    }

    fn plain_http_option(&self) -> Option<&'static str> {
        self.credentials.plain_http_option()
    }

    fn log_in<'a>(&'a self, client: &'a LoginClient) -> BoxFuture<'a, Result<Authorization, Error>> {
        Box::pin(self.get_authorization(client))
    }

    fn sample(&self) -> Authorization {
        self.credentials.sample()
    }

    fn log_out<'a>(
        &'a self,
        authorization: &'a Authorization,
        client: &'a LoginClient,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            match authorization.token() {
                // The saved token must stay valid.
                Some(_) => Ok(()),
                None => self.credentials.log_out(authorization, client).await,
            }
        })
    }
}
