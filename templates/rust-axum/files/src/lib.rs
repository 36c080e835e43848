//! The application, without a server, so that tests can have one each.

pub mod logs;
pub mod notes;

use std::time::Instant;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tower_http::services::ServeDir;

pub fn app() -> Router {
    Router::new()
        .route("/health", get(health))
        .merge(notes::router())
        .fallback_service(ServeDir::new("static"))
        .layer(from_fn(log_requests))
}

async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// Writes a line for each answer.
async fn log_requests(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let start = Instant::now();
    let response = next.run(request).await;
    let (status, milliseconds) = (response.status().as_u16(), start.elapsed().as_millis());
    tracing::info!(%method, path, status, duration_ms = milliseconds as u64, "Answered");
    response
}
