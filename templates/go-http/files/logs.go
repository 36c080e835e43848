package main

import (
	"cmp"
	"io"
	"log/slog"
	"os"
)

// newLogger writes JSON lines, with the tags by which Datadog joins logs, traces and metrics of one service.
func newLogger(to io.Writer) *slog.Logger {
	var level slog.Level // INFO
	_ = level.UnmarshalText([]byte(os.Getenv("LOG_LEVEL")))
	handler := slog.NewJSONHandler(to, &slog.HandlerOptions{Level: level, ReplaceAttr: rename})
	return slog.New(handler).With(
		"service", cmp.Or(os.Getenv("DD_SERVICE"), "{{ name }}"),
		"env", cmp.Or(os.Getenv("DD_ENV"), "dev"),
		"version", cmp.Or(os.Getenv("DD_VERSION"), "0.1.0"),
	)
}

func rename(groups []string, attr slog.Attr) slog.Attr {
	if len(groups) == 0 {
		switch attr.Key {
		case slog.TimeKey:
			attr.Key = "timestamp"
		case slog.MessageKey:
			attr.Key = "message"
		}
	}
	return attr
}
