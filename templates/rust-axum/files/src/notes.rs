//! Notes: an example of a resource that is listed, added to and removed from. They live as long as the server.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const LONGEST: usize = 200;

#[derive(Clone, Serialize)]
pub struct Note {
    id: u64,
    text: String,
}

#[derive(Deserialize)]
struct NewNote {
    text: String,
}

#[derive(Default)]
struct Notes {
    all: Vec<Note>,
    last_id: u64,
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Notes>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A status and the reason for it.
type Refusal = (StatusCode, Json<Value>);

pub fn router() -> Router {
    Router::new()
        .route("/api/notes", get(list).post(add))
        .route("/api/notes/{id}", delete(remove))
        .with_state(Shared::default())
}

async fn list(State(notes): State<Shared>) -> Json<Vec<Note>> {
    Json(notes.lock().all.clone())
}

async fn add(
    State(notes): State<Shared>,
    Json(wanted): Json<NewNote>,
) -> Result<(StatusCode, Json<Note>), Refusal> {
    let text = wanted.text.trim();
    if !(1..=LONGEST).contains(&text.chars().count()) {
        let reason = format!("A note needs a text of 1 to {LONGEST} characters.");
        return Err(refusal(StatusCode::UNPROCESSABLE_ENTITY, &reason));
    }
    let mut notes = notes.lock();
    notes.last_id += 1;
    let note = Note {
        id: notes.last_id,
        text: text.to_owned(),
    };
    notes.all.push(note.clone());
    Ok((StatusCode::CREATED, Json(note)))
}

async fn remove(State(notes): State<Shared>, Path(id): Path<u64>) -> Result<StatusCode, Refusal> {
    let mut notes = notes.lock();
    match notes.all.iter().position(|note| note.id == id) {
        Some(place) => {
            notes.all.remove(place);
            Ok(StatusCode::NO_CONTENT)
        }
        None => Err(refusal(StatusCode::NOT_FOUND, "There is no such note.")),
    }
}

fn refusal(status: StatusCode, reason: &str) -> Refusal {
    (status, Json(json!({ "error": reason })))
}
