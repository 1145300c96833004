//! What the two reading calls tell: the fields of the contract, the lists as documented, quoted.

use serde_json::{Value, json};

use super::clients::Client;

/// Empty fields are as the official sample shows them: a program must not need them.
pub(super) fn profile(client: &Client) -> Value {
    json!({
        "clientcode": client.client_code,
        "name": client.name,
        "email": "",
        "mobileno": "",
        "exchanges": r#"[ "NSE", "BSE", "MCX", "NFO" ]"#,
        "products": r#"[ "DELIVERY", "INTRADAY", "MARGIN" ]"#,
        "lastlogintime": "",
        "brokerid": "B2C",
    })
}

/// Numbers in strings, as documented.
pub(super) fn funds() -> Value {
    json!({
        "net": "25000.5000",
        "availablecash": "25000.5000",
        "availableintradaypayin": "0.0000",
        "availablelimitmargin": "0.0000",
        "collateral": "0.0000",
        "m2munrealized": "0.0000",
        "m2mrealized": "0.0000",
        "utiliseddebits": "0.0000",
    })
}
