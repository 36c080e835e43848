package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

const longestNote = 200

type note struct {
	ID   int    `json:"id"`
	Text string `json:"text"`
}

// notes is an example of a resource that is listed, added to and removed from. They live as long as the server.
type notes struct {
	lock   sync.Mutex
	all    []note
	lastID int
}

func (n *notes) register(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/notes", n.list)
	mux.HandleFunc("POST /api/notes", n.add)
	mux.HandleFunc("DELETE /api/notes/{id}", n.remove)
}

func (n *notes) list(w http.ResponseWriter, _ *http.Request) {
	n.lock.Lock()
	all := append([]note{}, n.all...)
	n.lock.Unlock()
	answer(w, http.StatusOK, all)
}

func (n *notes) add(w http.ResponseWriter, r *http.Request) {
	var wanted struct {
		Text string `json:"text"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&wanted); err != nil {
		refuse(w, http.StatusBadRequest, "The body is not a note in JSON: "+err.Error())
		return
	}
	text := strings.TrimSpace(wanted.Text)
	if length := utf8.RuneCountInString(text); length == 0 || length > longestNote {
		refuse(w, http.StatusUnprocessableEntity, "A note needs a text of 1 to 200 characters.")
		return
	}
	n.lock.Lock()
	n.lastID++
	added := note{n.lastID, text}
	n.all = append(n.all, added)
	n.lock.Unlock()
	answer(w, http.StatusCreated, added)
}

func (n *notes) remove(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	n.lock.Lock()
	place := slices.IndexFunc(n.all, func(one note) bool { return err == nil && one.ID == id })
	if place >= 0 {
		n.all = slices.Delete(n.all, place, place+1)
	}
	n.lock.Unlock()
	if place < 0 {
		refuse(w, http.StatusNotFound, "There is no such note.")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
