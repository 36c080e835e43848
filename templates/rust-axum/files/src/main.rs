//! The server: where it listens, and how it ends.

use std::{env, io};

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> io::Result<()> {
    service::logs::start();
    let host = env::var("HOST").unwrap_or_else(|_| "127.0.0.1".to_owned());
    let port = env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let listener = TcpListener::bind(format!("{host}:{port}")).await?;
    tracing::info!("Listening on http://{}", listener.local_addr()?);
    axum::serve(listener, service::app())
        .with_graceful_shutdown(told_to_end()?)
        .await
}

/// Ends when the process is told to: by Ctrl+C, or by who runs it.
fn told_to_end() -> io::Result<impl Future<Output = ()>> {
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => (),
            _ = terminate.recv() => (),
        }
    })
}
