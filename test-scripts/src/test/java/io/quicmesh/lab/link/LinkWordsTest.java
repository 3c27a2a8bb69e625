package io.quicmesh.lab.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LinkWordsTest {

  @Test
  void readsEverySetting() {
    LinkSettings settings =
        LinkWords.apply(
            "rate=25mbit queue=256k mtu=1280 delay=20ms jitter=5ms/reorder loss=1%"
                + " burst=0.5%/20%/90% reorder=2%/3ms duplicate=0.1% flip=0.01",
            LinkSettings.WIRE);

    assertThat(settings)
        .isEqualTo(
            new LinkSettings(
                new Capacity(25_000_000, 262_144, 1280),
                new Delay(20_000_000, 5_000_000, true),
                new Loss(0.01, 0.005, 0.2, 0.9),
                new Faults(0.02, 3_000_000, 0.001, 0.01)));
  }

  @Test
  void changesOnlyWhatIsNamed() {
    LinkSettings before = NamedLink.CONGESTED_WIFI.settings();

    LinkSettings after = LinkWords.apply("loss=0", before);

    assertThat(after).isEqualTo(before.with(before.loss().withRandom(0)));
  }

  @Test
  void aNameSetsEverythingAndWordsBehindItChangeIt() {
    assertThat(LinkWords.apply("flip=1% satellite loss=0", LinkSettings.WIRE))
        .isEqualTo(
            LinkWords.apply("rate=25mbit delay=300ms jitter=2ms queue=2m", LinkSettings.WIRE));
  }

  @Test
  void aDelayBelowTheJitterTakesItDown() {
    assertThat(LinkWords.apply("delay=10ms jitter=5ms delay=1ms", LinkSettings.WIRE).delay())
        .isEqualTo(new Delay(1_000_000, 1_000_000, false));
  }

  @ParameterizedTest
  @EnumSource(NamedLink.class)
  void whatItWritesItReadsAgain(NamedLink link) {
    LinkSettings settings =
        LinkWords.apply("burst=1%/25%/80% reorder=0.0001/2ms flip=1%", link.settings());

    assertThat(LinkWords.apply(LinkWords.write(settings), LinkSettings.WIRE)).isEqualTo(settings);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rate=fast",
        "delay=20",
        "loss=1k",
        "burst=1%",
        "reorder=1%",
        "jitter=0/often",
        "queue=1q",
        "rate=",
        "delay=",
        "=1"
      })
  void refusesWhatItCannotReadWithAnExample(String word) {
    assertThatThrownBy(() -> LinkWords.apply(word, LinkSettings.WIRE))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .containsAnyOf("try for example", "unknown setting");
  }

  @ParameterizedTest
  @CsvSource({
    "loss=101%,loss must be between 0 % and 100 %",
    "jitter=1ms,jitter must not be larger than delay",
    "wifi,no link is named wifi; there are: wire data-centre lab good-wifi congested-wifi weak-4g"
        + " 3g moving-car satellite",
    "speed=3,'unknown setting speed: use rate, queue, mtu, delay, jitter, loss, burst, reorder,"
        + " duplicate, flip or a name'"
  })
  void saysWhatIsWrong(String words, String message) {
    assertThatThrownBy(() -> LinkWords.apply(words, LinkSettings.WIRE)).hasMessage(message);
  }
}
