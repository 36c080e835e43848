package com.example.notes;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.context.WebApplicationContext;

/** The whole application, as it starts. */
@SpringBootTest
@ExtendWith(OutputCaptureExtension.class)
class ApplicationTest {

    private static final Logger LOG = LoggerFactory.getLogger("shop");

    @Autowired
    private WebApplicationContext context;

    private MockMvcTester mvc;

    @BeforeEach
    void ask() {
        mvc = MockMvcTester.from(context);
    }

    @Test
    void theServerIsHealthy() {
        assertThat(mvc.get().uri("/health").exchange()).hasStatusOk()
                .bodyJson().isStrictlyEqualTo("{\"status\": \"ok\"}");
    }

    @Test
    void thePageIsServed() {
        assertThat(mvc.get().uri("/").exchange()).hasForwardedUrl("index.html");
        assertThat(mvc.get().uri("/index.html").exchange()).hasStatusOk()
                .bodyText().contains("<title>{{ title }}</title>");
    }

    @Test
    void whatIsNotThereIsNotFound() {
        assertThat(mvc.get().uri("/nothing").exchange()).hasStatus(404);
    }

    @Test
    void aLogLineIsJsonWithTheTagsOfTheService(CapturedOutput output) {
        LOG.atError().addKeyValue("amount", 3).log("Paid {}", "Ada");
        String written = output.getOut().lines().filter(line -> line.contains("Paid Ada")).findFirst().orElseThrow();
        DocumentContext line = JsonPath.parse(written);
        assertThat(line.<String>read("$.level")).isEqualTo("ERROR");
        assertThat(line.<Integer>read("$.amount")).isEqualTo(3);
        for (String tag : new String[] {"service", "env", "version"}) {
            assertThat(line.<String>read("$." + tag)).isNotBlank();
        }
    }
}
