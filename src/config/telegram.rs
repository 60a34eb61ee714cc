//! Where Telegram is: production, its test data centres, or any MTProto server with a key that was
//! shared beforehand.

use super::secret::{SecretSource, same};
use super::section::Section;
use secrecy::{ExposeSecret, SecretString};
use std::net::SocketAddrV4;

/// The server that a bot talks to.
#[derive(Clone, Debug)]
pub enum Server {
    /// Telegram itself.
    Production,
    /// Telegram's test data centres.
    Test,
    /// Another MTProto server.
    Custom {
        /// IPv4 address and port.
        address: SocketAddrV4,
        /// 256 bytes as 512 hexadecimal digits; one per bot and host.
        auth_key: SecretString,
    },
}

/// A bot's way to Telegram.
#[derive(Clone, Debug)]
pub struct TelegramConfig {
    /// The server.
    pub server: Server,
    /// `socks5://[user:password@]host:port`.
    pub proxy: Option<SecretString>,
    /// The application's id; 0 takes the host's.
    pub api_id: Option<i64>,
}

impl TelegramConfig {
    /// Reads `[telegram]`; without it, production.
    pub fn read(root: &mut Section<'_>, secrets: &SecretSource<'_>) -> Option<Self> {
        let Some(mut section) = root.section("telegram") else {
            return Some(Self { server: Server::Production, proxy: None, api_id: None });
        };
        let server = read_server(&mut section, secrets);
        let proxy = secrets.optional(&mut section, "proxy");
        if proxy.as_ref().is_some_and(|p| !is_proxy(p.expose_secret())) {
            section.fault_at("proxy", "`proxy`: expected socks5://host:port");
        }
        let api_id = section.optional("api_id");
        section.close();
        Some(Self { server: server?, proxy, api_id })
    }
}

/// `socks5://[user:password@]host:port`. Checked here, because the library's own complaint would
/// repeat the password.
fn is_proxy(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("socks5://") else { return false };
    // Another of these in a user or password would have the library read a part of it as the host.
    let is_plain = !rest.trim_end_matches('/').contains(['/', '?', '#']);
    let address = rest.rsplit('@').next().unwrap_or(rest).trim_end_matches('/');
    is_plain && address.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

fn read_server(section: &mut Section<'_>, secrets: &SecretSource<'_>) -> Option<Server> {
    const EXPECTED: &str = "expected \"production\", \"test\" or \"custom\"";
    match section.optional::<String>("server").as_deref() {
        None | Some("production") => Some(Server::Production),
        Some("test") => Some(Server::Test),
        Some("custom") => {
            let address = secrets.text(section, "address", "\"127.0.0.1:4430\"");
            let auth_key = secrets.read(section, "auth_key");
            let address = address.and_then(|text| {
                let parsed = text.parse();
                if parsed.is_err() {
                    section.fault_at("address", "`address`: expected an IPv4 address and a port: 127.0.0.1:4430");
                }
                parsed.ok()
            });
            let auth_key = auth_key.filter(|key| {
                let good = hex::decode(key.expose_secret()).is_ok_and(|bytes| bytes.len() == 256);
                if !good {
                    section.fault_at("auth_key", "`auth_key`: expected 256 bytes as 512 hexadecimal digits");
                }
                good
            });
            Some(Server::Custom { address: address?, auth_key: auth_key? })
        }
        Some(_) => {
            section.skip(&["address", "auth_key"]);
            section.fault_at("server", format!("`server`: {EXPECTED}"));
            None
        }
    }
}

impl PartialEq for TelegramConfig {
    fn eq(&self, other: &Self) -> bool {
        let same_proxy = match (&self.proxy, &other.proxy) {
            (Some(a), Some(b)) => same(a, b),
            (None, None) => true,
            _ => false,
        };
        let same_server = match (&self.server, &other.server) {
            (Server::Production, Server::Production) | (Server::Test, Server::Test) => true,
            (Server::Custom { address: a, auth_key: k }, Server::Custom { address: b, auth_key: l }) => {
                a == b && same(k, l)
            }
            _ => false,
        };
        same_proxy && same_server && self.api_id == other.api_id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: F6
    #[test]
    fn a_proxy_is_one_that_the_library_reads_as_we_do() {
        for good in ["socks5://10.0.0.1:1080", "socks5://user:pass@proxy.example:1080/", "socks5://[::1]:1080"] {
            assert!(is_proxy(good), "{good}");
        }
        for bad in
            ["socks5://host", "socks5://user/part@host:1", "socks5://u:p?q@host:1", "socks5://u#@host:1", "http://h:1"]
        {
            assert!(!is_proxy(bad), "{bad}");
        }
    }
}
