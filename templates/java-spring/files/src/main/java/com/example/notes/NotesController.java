package com.example.notes;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Size;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Notes: an example of a resource that is listed, added to and removed from. They live as long as the server. */
@RestController
@RequestMapping("/api/notes")
class NotesController {

    private final Map<Long, Note> notes = new ConcurrentSkipListMap<>();
    private final AtomicLong lastId = new AtomicLong();

    record Note(long id, String text) {
    }

    record NewNote(@Size(min = 1, max = 200, message = "A note needs a text of 1 to 200 characters.") String text) {

        NewNote {
            text = text == null ? "" : text.strip();
        }
    }

    @GetMapping
    Collection<Note> list() {
        return notes.values();
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Note add(@Valid @RequestBody NewNote wanted) {
        Note note = new Note(lastId.incrementAndGet(), wanted.text());
        notes.put(note.id(), note);
        return note;
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@PathVariable("id") long id) {
        if (notes.remove(id) == null) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no such note.");
        }
    }
}
