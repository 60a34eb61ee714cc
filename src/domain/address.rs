//! Addresses on the web that owners type: what they may name, and how they are shown.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// Why a text is no address of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// No http or https address.
    #[error("expected an address that begins with https:// or http://")]
    NotWeb,
    /// It names a machine in this farm's own network.
    #[error("this address is inside the farm's own network")]
    Private,
}

/// Reads an address; one that is private is refused unless `private` ones are allowed.
pub fn read_address(text: &str, private: bool) -> Result<Url, BadAddress> {
    let url = Url::parse(text.trim()).map_err(|_| BadAddress::NotWeb)?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(BadAddress::NotWeb);
    }
    if private || is_public_host(&url) { Ok(url) } else { Err(BadAddress::Private) }
}

/// Whether the host of an address may be public: a name has to be resolved first.
pub fn is_public_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => is_public(ip.into()),
        Some(Host::Ipv6(ip)) => is_public(ip.into()),
        Some(Host::Domain(name)) => name != "localhost" && !name.ends_with(".localhost"),
        None => false,
    }
}

/// An address without what may be secret in it: user, password and query.
pub fn shown_address(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else { return "…".to_owned() };
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let has_query = url.query().is_some();
    url.set_query(None);
    url.set_fragment(None);
    format!("{url}{}", if has_query { "?…" } else { "" })
}

/// Whether an IP address is one of the public internet: not this machine's, its network's, the
/// cloud's metadata service, nor one that means another
/// (<https://www.iana.org/assignments/iana-ipv4-special-registry>).
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_special = ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        // Where Azure's machines find their platform.
        || ip == Ipv4Addr::new(168, 63, 129, 16)
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    !is_special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let s = ip.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match s {
        // ::, ::1, IPv4 in its old form, and IPv4-mapped.
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => embedded(high, low),
        // Translated (SIIT).
        [0, 0, 0, 0, 0xffff, 0, high, low] => embedded(high, low),
        // NAT64 and 6to4 carry an IPv4 address.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => embedded(high, low),
        _ => {
            let is_special = ip.is_multicast()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
                // Documentation, and Teredo, which carries an IPv4 address in disguise.
                || (s[0] == 0x2001 && (s[1] == 0xdb8 || s[1] == 0))
                || (s[0] == 0x64 && s[1] == 0xff9b)
                || s[0] & 0xffc0 == 0xfec0;
            !is_special
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: A4
    #[test]
    fn private_addresses_are_refused_in_every_spelling() {
        for private in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0177.0.0.1/",
            "http://0x7f.1/",
            "http://localhost:8080/",
            "http://a.localhost/",
            "http://10.1.2.3/",
            "http://172.16.0.1/",
            "http://192.168.1.1/",
            "http://169.254.169.254/latest/meta-data",
            "http://100.64.0.1/",
            "http://0.0.0.0/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:a9fe:a9fe]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[fd00::1]/",
            "http://[fe80::1]/",
        ] {
            assert_eq!(read_address(private, false), Err(BadAddress::Private), "{private}");
            assert!(read_address(private, true).is_ok(), "{private}");
        }
        for public in ["https://sms.example/messages", "http://93.184.216.34/", "http://[2606:4700::1]/"] {
            assert!(read_address(public, false).is_ok(), "{public}");
        }
        for bad in ["ftp://sms.example/", "sms.example", "", "javascript:alert(1)", "file:///etc/passwd"] {
            assert_eq!(read_address(bad, true), Err(BadAddress::NotWeb), "{bad}");
        }
    }

    #[test]
    fn a_shown_address_holds_no_secret() {
        assert_eq!(shown_address("https://u:p@sms.example/a?key=s3cret#x"), "https://sms.example/a?…");
    }
}
