//! What the client headers say about this computer.
//!
//! The broker does not check them. Real local values are sent where they are
//! known; no third party is asked for the public address.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::OnceLock;

use crate::broker::Endpoint;

pub struct Identity {
    pub ip: String,
    pub mac: String,
}

/// Found out once: neither changes while anybody would notice.
pub fn local(endpoint: &Endpoint) -> &'static Identity {
    static IDENTITY: OnceLock<Identity> = OnceLock::new();
    IDENTITY.get_or_init(|| Identity {
        ip: outgoing_ip(endpoint.is_loopback()).to_string(),
        mac: mac_address::get_mac_address()
            .ok()
            .flatten()
            .map_or_else(|| "00:00:00:00:00:00".to_owned(), |mac| mac.to_string()),
    })
}

/// The address of the interface that leads out: connecting a UDP socket looks
/// up the route and sends nothing.
fn outgoing_ip(loopback: bool) -> IpAddr {
    let unknown = IpAddr::V4(Ipv4Addr::LOCALHOST);
    if loopback {
        return unknown;
    }
    // A documentation address (RFC 5737): nothing is ever there.
    let anywhere = SocketAddr::from(([192, 0, 2, 1], 443));
    UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))
        .and_then(|socket| {
            socket.connect(anywhere)?;
            socket.local_addr()
        })
        .map_or(unknown, |address| address.ip())
}
