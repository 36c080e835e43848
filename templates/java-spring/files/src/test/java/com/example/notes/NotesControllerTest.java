package com.example.notes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** Each test has a controller of its own. */
class NotesControllerTest {

    private static final String NOTES = "/api/notes";

    private final MockMvcTester api = MockMvcTester.of(new NotesController());

    @Test
    void aNoteIsAddedListedAndRemoved() {
        MvcTestResult added = add("{\"text\": \"  water the plants \"}");
        assertThat(added).hasStatus(201).bodyJson().isStrictlyEqualTo("{\"id\": 1, \"text\": \"water the plants\"}");
        assertThat(list()).bodyJson().isStrictlyEqualTo("[{\"id\": 1, \"text\": \"water the plants\"}]");

        assertThat(api.delete().uri(NOTES + "/1").exchange()).hasStatus(204);
        assertThat(list()).bodyJson().isStrictlyEqualTo("[]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}", "{\"text\": \"\"}", "{\"text\": \"   \"}"})
    void whatIsNoNoteIsRefused(String body) {
        assertThat(add(body)).hasStatus(400);
        assertThat(list()).bodyJson().isStrictlyEqualTo("[]");
    }

    @Test
    void aNoteThatIsTooLongIsRefused() {
        assertThat(add("{\"text\": \"" + "x".repeat(201) + "\"}")).hasStatus(400);
        assertThat(add("{\"text\": \"" + "x".repeat(200) + "\"}")).hasStatus(201);
    }

    @Test
    void removingWhatIsNotThereIsNotFound() {
        assertThat(api.delete().uri(NOTES + "/7").exchange()).hasStatus(404);
    }

    private MvcTestResult add(String body) {
        return api.post().uri(NOTES).contentType(MediaType.APPLICATION_JSON).content(body).exchange();
    }

    private MvcTestResult list() {
        return api.get().uri(NOTES).exchange();
    }
}
