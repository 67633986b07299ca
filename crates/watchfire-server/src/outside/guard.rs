//! Where a request of ours may go: to the world, and not to what stands behind our own walls.
//!
//! A name is resolved once, every address is judged, and the connection is made to the addresses
//! that were judged, so that a name cannot mean something else a moment later.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;

use crate::settings::Network;

/// A destination that was judged.
#[derive(Debug)]
pub(crate) struct Destination {
    pub(crate) url: Url,
    pub(crate) host: String,
    pub(crate) addresses: Vec<SocketAddr>,
}

impl Destination {
    /// Names the machine without the path, in which a receiver's secret may stand.
    pub(crate) fn endpoint(&self) -> String {
        let port = self.url.port_or_known_default().unwrap_or_default();
        format!("{}://{}:{port}", self.url.scheme(), self.host)
    }
}

/// Why nothing is asked of it or sent there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// The address cannot be read, or is not of the web.
    Address,
    /// It leads to a network that is not allowed.
    Network,
    /// In the clear it may go only to a network that the settings allow.
    Clear,
    /// The name has no address now.
    Name,
}

impl Denied {
    pub(crate) fn detail(self) -> &'static str {
        match self {
            Self::Address => "the address is no `https` address without a login in it",
            Self::Network => "the address leads to a private network",
            Self::Clear => "without TLS only a network that the settings allow is reached",
            Self::Name => "the name cannot be resolved",
        }
    }
}

/// Reads an address of the web, without looking where it leads.
pub(crate) fn read(address: &str) -> Result<Url, Denied> {
    let url = Url::parse(address).map_err(|_| Denied::Address)?;
    let is_of_the_web = ["https", "http"].contains(&url.scheme());
    if !is_of_the_web || !url.username().is_empty() || url.password().is_some() {
        return Err(Denied::Address);
    }
    Ok(url)
}

/// Judges where `address` leads.
pub(crate) async fn judge(address: &str, allowed: &[Network]) -> Result<Destination, Denied> {
    let url = read(address)?;
    let clear = url.scheme() == "http";
    let host = url.host_str().ok_or(Denied::Address)?.to_owned();
    let port = url.port_or_known_default().ok_or(Denied::Address)?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let addresses: Vec<SocketAddr> =
        tokio::net::lookup_host((bare, port)).await.map_err(|_| Denied::Name)?.collect();
    if addresses.is_empty() {
        return Err(Denied::Name);
    }
    for address in &addresses {
        let is_allowed = allowed.iter().any(|network| network.contains(address.ip()));
        if !is_allowed && !is_public(address.ip()) {
            return Err(Denied::Network);
        }
        if !is_allowed && clear {
            return Err(Denied::Clear);
        }
    }
    Ok(Destination { url, host, addresses })
}

/// Whether an address belongs to the world at large.
///
/// Source: the IANA registries of special-purpose addresses (RFC 6890) and their blocks that are
/// not globally reachable.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !special && a < 224
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Only 2000::/3 is given out; in it are tunnels that hide an IPv4 address, and examples.
    let global = first & 0xe000 == 0x2000;
    let teredo_and_protocols = first == 0x2001 && second < 0x0200;
    let documentation = (first == 0x2001 && second == 0x0db8) || first & 0xfff0 == 0x3ff0;
    let six_to_four = first == 0x2002;
    global && !teredo_and_protocols && !documentation && !six_to_four
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_world_at_large_is_public() {
        for (address, public) in [
            ("8.8.8.8", true),
            ("127.0.0.1", false),
            ("10.0.0.1", false),
            ("100.63.255.255", true),
            ("100.64.0.0", false),
            ("169.254.169.254", false),
            ("172.15.255.255", true),
            ("172.16.0.0", false),
            ("172.32.0.0", true),
            ("192.168.1.1", false),
            ("223.255.255.255", true),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("0.0.0.0", false),
            ("::", false),
            ("::1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("64:ff9b::7f00:1", false),
            ("fe80::1", false),
            ("fd00::1", false),
            ("ff02::1", false),
            ("2002:7f00:1::1", false),
            ("2001:0:1::1", false),
            ("2001:db8::1", false),
            ("2606:4700::1111", true),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }

    #[tokio::test]
    async fn what_leads_behind_our_walls_is_denied() {
        for (address, expected) in [
            ("ftp://8.8.8.8/", Denied::Address),
            ("https://user:pass@8.8.8.8/", Denied::Address),
            ("nonsense", Denied::Address),
            ("https://127.0.0.1/", Denied::Network),
            ("https://localhost/", Denied::Network),
            ("https://[::1]/", Denied::Network),
            ("https://2130706433/", Denied::Network),
            ("https://0x7f.1/", Denied::Network),
            ("https://169.254.169.254/latest/meta-data", Denied::Network),
            ("http://8.8.8.8/", Denied::Clear),
        ] {
            assert_eq!(judge(address, &[]).await.map(|_| ()), Err(expected), "{address}");
        }
        assert!(judge("https://8.8.8.8/hook", &[]).await.is_ok());
    }

    #[tokio::test]
    async fn an_allowed_network_is_reached_and_its_neighbour_is_not() {
        let allowed = ["127.0.0.0/31".parse().unwrap()];
        assert!(judge("http://127.0.0.1:9/", &allowed).await.is_ok());
        let neighbour = judge("http://127.0.0.2:9/", &allowed).await.map(|_| ());
        assert_eq!(neighbour, Err(Denied::Network));
    }
}
