// The server: where it listens, and how it ends.
package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	log := newLogger(os.Stdout)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	address := net.JoinHostPort(cmp.Or(os.Getenv("HOST"), "127.0.0.1"), cmp.Or(os.Getenv("PORT"), "8081"))
	if err := serve(ctx, log, address); err != nil {
		log.Error("The server ended", "error.message", err.Error())
		os.Exit(1)
	}
}

// serve answers until the context is done, and lets the requests under way end.
func serve(ctx context.Context, log *slog.Logger, address string) error {
	server := &http.Server{
		Addr:              address,
		Handler:           newHandler(log),
		ReadHeaderTimeout: 5 * time.Second,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelError),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.ListenAndServe() }()
	log.Info("Listening on http://" + address)
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(patience); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}
