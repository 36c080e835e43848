use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use service::logs::JsonLines;

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_log_line_is_json_with_the_tags_of_the_service() {
    let written = Written::default();
    let to = written.clone();
    let subscriber = tracing_subscriber::fmt()
        .event_format(JsonLines::from_environment())
        .with_writer(move || to.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        tracing::error!(amount = 3, paid = true, "Paid \"{}\"", "Ada");
    });
    let line: Value = serde_json::from_slice(&written.0.lock().unwrap()).unwrap();
    assert_eq!(line["level"], "ERROR");
    assert_eq!(line["message"], "Paid \"Ada\"");
    assert_eq!(
        (line["amount"].as_i64(), line["paid"].as_bool()),
        (Some(3), Some(true))
    );
    for tag in ["service", "env", "version", "timestamp"] {
        assert!(line[tag].is_string(), "{tag}");
    }
}
