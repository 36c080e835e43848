module example.com/{{ name }}

go 1.24

tool github.com/cespare/reflex

require (
	github.com/cespare/reflex v0.3.1 // indirect
	github.com/creack/pty v1.1.11 // indirect
	github.com/fsnotify/fsnotify v1.4.7 // indirect
	github.com/kballard/go-shellquote v0.0.0-20180428030007-95032a82bc51 // indirect
	github.com/ogier/pflag v0.0.1 // indirect
	golang.org/x/sys v0.0.0-20180909124046-d0be0721c37e // indirect
)
