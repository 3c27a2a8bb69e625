package io.quicmesh.migration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EchoSamplesTest {

  private final EchoSamples samples = new EchoSamples();

  @Test
  void anEchoOfAPathThatIsHeardIsASample() {
    assertThat(samples.handleEcho(100, false, 110)).isEqualTo(10);
  }

  @Test
  void whatWasSentBeforeASilenceEndedIsNone() {
    assertThat(samples.handleEcho(100, true, 500)).isEqualTo(EchoSamples.NONE);
    samples.handleHeardAgain(500);

    assertThat(samples.handleEcho(300, false, 501)).isEqualTo(EchoSamples.NONE);
    assertThat(samples.handleEcho(499, false, 502)).isEqualTo(EchoSamples.NONE);
    assertThat(samples.handleEcho(500, false, 510)).isEqualTo(10);
  }

  @Test
  void theShortestCountsWhenThePathIsSilentASecondTime() {
    assertThat(samples.handleEcho(100, true, 500)).isEqualTo(EchoSamples.NONE);
    samples.handleHeardAgain(500);
    assertThat(samples.handleEcho(200, false, 600)).isEqualTo(EchoSamples.NONE);

    assertThat(samples.handleEcho(520, true, 950)).isEqualTo(400);
  }

  @Test
  void aSampleEndsTheDoubt() {
    samples.handleEcho(100, true, 500);
    samples.handleHeardAgain(500);
    samples.handleEcho(510, false, 520);

    assertThat(samples.handleEcho(600, true, 1_000)).isEqualTo(EchoSamples.NONE);
  }
}
