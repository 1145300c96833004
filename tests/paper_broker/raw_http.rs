//! The least of an HTTP client: it sends what it is told, right or wrong, and shows the bytes that come back.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::paper::{Call, Client, PaperBroker};

/// Long enough for a loaded machine; only a broken broker takes it.
const DEADLINE: Duration = Duration::from_secs(10);

/// A request: as it should be when made, then bent by the test.
#[derive(Clone)]
pub struct Ask {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Ask {
    pub fn new(call: Call, client: &Client, body: &Value) -> Self {
        let headers = [
            ("Content-Type", "application/json"),
            ("Accept", "application/json"),
            ("X-UserType", "USER"),
            ("X-SourceID", "WEB"),
            ("X-ClientLocalIP", "192.168.1.7"),
            ("X-ClientPublicIP", "2001:db8::7"),
            ("X-MACAddress", "02:00:5e:10:00:01"),
            ("X-PrivateKey", &client.api_key),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        Self {
            method: call.method().to_string(),
            path: call.path().into(),
            headers: headers.into(),
            body,
        }
    }

    /// A login with the code of the broker's clock.
    pub fn login(client: &Client, broker: &PaperBroker) -> Self {
        Self::login_with(client, &client.code_at(broker.now()))
    }

    pub fn login_with(client: &Client, code: &str) -> Self {
        let body = json!({"clientcode": client.client_code, "password": client.pin, "totp": code});
        Self::new(Call::Login, client, &body)
    }

    pub fn profile(client: &Client, jwt: &str) -> Self {
        Self::new(Call::Profile, client, &Value::Null).bearer(jwt)
    }

    pub fn logout(client: &Client, jwt: &str) -> Self {
        let body = json!({"clientcode": client.client_code});
        Self::new(Call::Logout, client, &body).bearer(jwt)
    }

    pub fn bearer(self, jwt: &str) -> Self {
        self.with("Authorization", &format!("Bearer {jwt}"))
    }

    pub fn with(self, name: &str, value: &str) -> Self {
        self.without(name).also(name, value)
    }

    /// Adds a header, also a second one of the same name.
    pub fn also(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self
    }

    pub fn body(mut self, body: &Value) -> Self {
        self.body = body.to_string();
        self
    }

    /// Sends it on a connection of its own, and gives that connection.
    pub fn open(&self, broker: &PaperBroker) -> io::Result<TcpStream> {
        let mut stream = TcpStream::connect(("127.0.0.1", broker.port()))?;
        stream.set_read_timeout(Some(DEADLINE))?;
        stream.set_write_timeout(Some(DEADLINE))?;
        let mut bytes = Vec::new();
        write!(bytes, "{} {} HTTP/1.1\r\n", self.method, self.path)?;
        for (name, value) in &self.headers {
            write!(bytes, "{name}: {value}\r\n")?;
        }
        write!(bytes, "Host: 127.0.0.1\r\nConnection: close\r\n")?;
        write!(bytes, "Content-Length: {}\r\n\r\n", self.body.len())?;
        bytes.extend(self.body.as_bytes());
        stream.write_all(&bytes)?;
        Ok(stream)
    }

    /// Everything that comes back until the connection ends.
    pub fn bytes(&self, broker: &PaperBroker) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open(broker)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    pub fn send(&self, broker: &PaperBroker) -> Reply {
        let bytes = self.bytes(broker).expect("the broker answers");
        Reply::parse(&bytes).expect("the answer is HTTP")
    }
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    headers: Vec<(String, String)>,
    /// As it came: chunks, if it was chunked.
    pub body: String,
}

impl Reply {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
        Some(Self {
            status,
            headers: headers.collect(),
            body: body.to_owned(),
        })
    }

    /// A header's value, its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The error code of either envelope.
    pub fn code(&self) -> String {
        let json = self.json();
        let code = json.get("errorcode").or(json.get("errorCode"));
        code.and_then(Value::as_str).unwrap_or("none").to_owned()
    }

    pub fn jwt(&self) -> String {
        let json = self.json();
        let jwt = json.pointer("/data/jwtToken").and_then(Value::as_str);
        jwt.unwrap_or_else(|| panic!("no session: {json}"))
            .to_owned()
    }
}
