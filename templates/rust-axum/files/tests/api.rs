use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

/// Asks the application without a port: the status and the body.
async fn call(app: &Router, method: &str, path: &str, body: &str) -> (u16, String) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

async fn notes(app: &Router) -> Value {
    let (_, body) = call(app, "GET", "/api/notes", "").await;
    serde_json::from_str(&body).unwrap()
}

#[tokio::test]
async fn the_server_is_healthy() {
    let answer = call(&service::app(), "GET", "/health", "").await;
    assert_eq!(answer, (200, r#"{"status":"ok"}"#.to_owned()));
}

#[tokio::test]
async fn the_page_is_served() {
    let (status, body) = call(&service::app(), "GET", "/", "").await;
    assert_eq!(status, 200);
    let title = "<title>{{ title }}</title>";
    assert!(body.contains(title));
}

#[tokio::test]
async fn a_note_is_added_listed_and_removed() {
    let app = service::app();
    let wanted = r#"{"text": "  water the plants "}"#;
    let (status, body) = call(&app, "POST", "/api/notes", wanted).await;
    assert_eq!(status, 201);
    let note: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(note, json!({ "id": 1, "text": "water the plants" }));
    assert_eq!(notes(&app).await, json!([note]));

    assert_eq!(call(&app, "DELETE", "/api/notes/1", "").await.0, 204);
    assert_eq!(notes(&app).await, json!([]));
}

#[tokio::test]
async fn a_note_without_a_fitting_text_is_refused() {
    let app = service::app();
    let long = json!({ "text": "x".repeat(201) }).to_string();
    for body in ["{}", r#"{"text": ""}"#, r#"{"text": "   "}"#, &long] {
        assert_eq!(
            call(&app, "POST", "/api/notes", body).await.0,
            422,
            "{body}"
        );
    }
    assert_eq!(notes(&app).await, json!([]));
}

#[tokio::test]
async fn what_is_not_json_is_refused() {
    assert_eq!(
        call(&service::app(), "POST", "/api/notes", "{").await.0,
        400
    );
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let app = service::app();
    for (method, path) in [("DELETE", "/api/notes/7"), ("GET", "/nothing")] {
        assert_eq!(call(&app, method, path, "").await.0, 404, "{path}");
    }
}
