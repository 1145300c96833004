//! What is in the keyring, read and written as another program would.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use zbus::zvariant::{DynamicType, OwnedObjectPath, OwnedValue, Type, Value};

use super::{
    Desktop, bus,
    keyring::{COLLECTION, SECRETS, SERVICE, SERVICE_PATH},
};

const ITEM: &str = "org.freedesktop.Secret.Item";

/// The session, parameters, value and content type of a secret on its way.
type Parcel = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

/// An entry of the keyring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    pub label: String,
    pub attributes: HashMap<String, String>,
    pub value: Vec<u8>,
}

impl Desktop {
    /// All that the default collection holds. It has to be unlocked.
    pub fn secrets(&self) -> Vec<Secret> {
        let session = self.open_session();
        let items: Vec<OwnedObjectPath> =
            self.secret_property(&self.collection(), COLLECTION, "Items");
        items
            .iter()
            .map(|item| self.read_secret(item, &session))
            .collect()
    }

    /// Stores a secret in the default collection. It has to be unlocked.
    pub fn store_secret(&self, secret: &Secret) {
        let properties = HashMap::from([
            (
                "org.freedesktop.Secret.Item.Label",
                Value::from(&secret.label),
            ),
            (
                "org.freedesktop.Secret.Item.Attributes",
                Value::from(secret.attributes.clone()),
            ),
        ]);
        let value = secret.value.clone();
        let parcel: Parcel = (
            self.open_session(),
            Vec::new(),
            value,
            "text/plain".to_owned(),
        );
        let replace = true;
        let body = &(properties, parcel, replace);
        let (_, prompt): (OwnedObjectPath, OwnedObjectPath) =
            self.ask_secrets(self.collection().as_str(), COLLECTION, "CreateItem", body);
        assert_eq!(prompt.as_str(), "/", "the keyring asks before it stores");
    }

    fn read_secret(&self, item: &OwnedObjectPath, session: &OwnedObjectPath) -> Secret {
        let ((_, _, value, _),): (Parcel,) =
            self.ask_secrets(item.as_str(), ITEM, "GetSecret", &(session,));
        Secret {
            label: self.secret_property(item, ITEM, "Label"),
            attributes: self.secret_property(item, ITEM, "Attributes"),
            value,
        }
    }

    /// Secrets cross this bus unencrypted: nobody else is on it.
    fn open_session(&self) -> OwnedObjectPath {
        let body = &("plain", Value::from(""));
        let (_, session): (OwnedValue, OwnedObjectPath) =
            self.ask_secrets(SERVICE_PATH, SERVICE, "OpenSession", body);
        session
    }

    fn collection(&self) -> OwnedObjectPath {
        self.default_collection().expect("a default collection")
    }

    fn ask_secrets<T>(
        &self,
        path: &str,
        interface: &str,
        method: &str,
        body: &(impl Serialize + DynamicType),
    ) -> T
    where
        T: for<'a> Deserialize<'a> + Type,
    {
        bus::call(self.session_bus(), SECRETS, path, interface, method, body)
            .unwrap_or_else(|error| panic!("the keyring, {method}: {error}"))
    }

    fn secret_property<T>(&self, path: &OwnedObjectPath, interface: &str, name: &str) -> T
    where
        T: TryFrom<OwnedValue>,
        zbus::Error: From<T::Error>,
    {
        bus::property(self.session_bus(), SECRETS, path, interface, name)
            .unwrap_or_else(|error| panic!("the keyring does not say {name}: {error}"))
    }
}
