//! Logs as JSON lines, with the tags by which Datadog joins logs, traces and metrics of one service.

use std::{env, fmt};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// From here on what is logged goes to standard output.
pub fn start() {
    let level = env::var("LOG_LEVEL")
        .ok()
        .and_then(|name| name.parse().ok());
    tracing_subscriber::fmt()
        .with_max_level(level.unwrap_or(Level::INFO))
        .event_format(JsonLines::from_environment())
        .init();
}

/// How a line is written.
pub struct JsonLines {
    tags: [(&'static str, String); 3],
}

impl JsonLines {
    pub fn from_environment() -> Self {
        let tag = |name, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
        Self {
            tags: [
                ("service", tag("DD_SERVICE", "{{ name }}")),
                ("env", tag("DD_ENV", "dev")),
                ("version", tag("DD_VERSION", "0.1.0")),
            ],
        }
    }
}

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut timestamp = String::new();
        SystemTime.format_time(&mut Writer::new(&mut timestamp))?;
        let mut line = Line(Map::new());
        line.put("timestamp", timestamp);
        line.put("level", event.metadata().level().as_str());
        line.put("logger", event.metadata().target());
        for (name, value) in &self.tags {
            line.put(name, value.as_str());
        }
        event.record(&mut line);
        writeln!(writer, "{}", Value::Object(line.0))
    }
}

struct Line(Map<String, Value>);

impl Line {
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field.name(), value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field.name(), value);
    }
}
