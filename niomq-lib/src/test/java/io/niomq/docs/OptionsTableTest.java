package io.niomq.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.niomq.ContextOption;
import io.niomq.ContextOptions;
import io.niomq.SocketOption;
import io.niomq.SocketOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/options.md} is what the code says. To write it anew, set the system property {@code
 * niomq.writeOptions}: {@code mvn -pl niomq-lib test -Dtest=OptionsTableTest
 * -Dniomq.writeOptions=true}.
 */
class OptionsTableTest {
  private static final Path PROJECT = Path.of("..");
  private static final Path DOCUMENT = PROJECT.resolve(Path.of("docs", "options.md"));

  private final Shown shown = new Shown(PROJECT);

  @Test
  void theDocumentIsWhatTheCodeSays() throws IOException {
    String text = new OptionsTable(shown).text();
    if (Boolean.getBoolean("niomq.writeOptions")) {
      Files.writeString(DOCUMENT, text);
    }
    assertThat(Files.readString(DOCUMENT))
        .as(
            "docs/options.md, to be written anew with: mvn -pl niomq-lib test"
                + " -Dtest=OptionsTableTest -Dniomq.writeOptions=true")
        .isEqualTo(text);
  }

  @Test
  void eachOptionThatIsSupportedIsShownByATest() {
    List<String> without = new ArrayList<>();
    for (ContextOption<?> o : ContextOptions.all()) {
      if (o.supported() && shown.of(o.name(), true).isEmpty()) {
        without.add("context " + o);
      }
    }
    for (SocketOption<?> o : SocketOptions.all()) {
      if (o.supported() && shown.of(o.name(), false).isEmpty()) {
        without.add("socket " + o);
      }
    }
    for (OptionsTable.Method m : OptionsTable.METHODS) {
      if (shown.of(m.name(), false).isEmpty()) {
        without.add("socket " + m.name());
      }
    }
    assertThat(without).as("options without a test marked with @ShowsOption").isEmpty();
  }

  @Test
  void testsShowOptionsThatExist() {
    Set<String> names = new HashSet<>();
    ContextOptions.all().forEach(o -> names.add(o.name()));
    SocketOptions.all().forEach(o -> names.add(o.name()));
    OptionsTable.METHODS.forEach(m -> names.add(m.name()));
    assertThat(shown.options()).isSubsetOf(names);
  }
}
