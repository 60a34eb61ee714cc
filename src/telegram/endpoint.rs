//! Where Telegram is.

use grammers_client::session::SessionData;
use std::net::SocketAddrV4;

/// Where the session's data centres are.
#[derive(Clone, Copy, Debug)]
pub enum Endpoint {
    /// Telegram's own addresses.
    Production,
    /// Telegram's test data centres.
    Test,
    /// One server for every data centre, with a key that was shared beforehand.
    Custom(SocketAddrV4),
}

impl Endpoint {
    /// Sets the addresses. All five: the defaults are Telegram's real ones.
    pub(super) fn place(self, data: &mut SessionData, key: Option<[u8; 256]>) {
        // https://core.telegram.org/api/datacenter#testing-redirects
        const TEST: [(i32, [u8; 4]); 3] =
            [(1, [149, 154, 175, 10]), (2, [149, 154, 167, 40]), (3, [149, 154, 175, 117])];
        match self {
            Endpoint::Production => {}
            Endpoint::Test => {
                for (id, ip) in TEST {
                    if let Some(option) = data.dc_options.get_mut(&id) {
                        option.ipv4 = SocketAddrV4::new(ip.into(), 443);
                    }
                }
            }
            Endpoint::Custom(address) => {
                for option in data.dc_options.values_mut() {
                    option.ipv4 = address;
                    option.auth_key = key;
                }
            }
        }
    }
}
