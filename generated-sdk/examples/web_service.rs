//! A web service that lists virtual machines as JSON.
//!
//! ```sh
//! cargo run --example web_service -- 127.0.0.1:8080
//! ```
//!
//! `curl http://127.0.0.1:8080/vms` lists all, and `curl 'http://127.0.0.1:8080/vms?status=up&name=web*'` some of them.

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use std::collections::HashMap;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use ovirt_sdk::search::{Condition, vm};
use ovirt_sdk::types::VmStatus;
use ovirt_sdk::{Connection, Error};
use serde_json::{Value, json};
use tokio::net::TcpListener;

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        [address] => {
            let listener = TcpListener::bind(address).await.map_err(Error::custom)?;
            axum::serve(listener, service(connection.clone())).await.map_err(Error::custom)
        }
        _ => common::usage(include_str!("web_service.rs")),
    })
}

/// All requests share the connection, and with it one login.
pub fn service(connection: Connection) -> Router {
    Router::new().route("/vms", get(list_vms)).with_state(connection)
}

async fn list_vms(
    State(connection): State<Connection>,
    Query(filters): Query<HashMap<String, String>>,
) -> Result<Json<Vec<Value>>, (StatusCode, String)> {
    let name = filters.get("name").map(|name| vm::NAME.eq(name));
    let status = filters.get("status").map(|status| vm::STATUS.eq(VmStatus::from(status.as_str())));
    let list = connection.system().vms().list();
    let request = match name.into_iter().chain(status).reduce(Condition::and) {
        Some(condition) => list.search(condition),
        None => list,
    };
    match request.send().await {
        Ok(vms) => Ok(Json(vms.iter().map(|vm| json!({ "name": vm.name, "status": vm.status })).collect())),
        Err(error) if error.is_invalid_request() => Err((StatusCode::BAD_REQUEST, error.to_string())),
        Err(error) => Err((StatusCode::BAD_GATEWAY, error.to_string())),
    }
}
