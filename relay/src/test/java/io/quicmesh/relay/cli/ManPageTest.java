package io.quicmesh.relay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class ManPageTest {

  @Test
  void namesEveryCommandAndOptionThatIsNotHidden() {
    String page = ManPage.of(new CommandLine(new RelayCommand()));

    assertThat(page)
        .contains(".TH QUICMESH-RELAY 1")
        .contains(".SS \"quicmesh\\-relay drain", ".SS \"quicmesh\\-relay run")
        .contains("\\fB\\-\\-allow\\-network ID\\fR", "\\fB\\-\\-state\\-dir DIR\\fR")
        .contains(".SH EXIT STATUS\n.TP\n\\fB0\\fR\ndone")
        .doesNotContain("exit\\-when\\-ready");
  }

  @Test
  void givesNoLineTheMeaningOfACommand() {
    String page = ManPage.of(new CommandLine(new RelayCommand()));

    assertThat(page.lines())
        .allMatch(line -> !line.startsWith(".") || line.matches("\\.(TH|SH|SS|TP)( .*)?"))
        .noneMatch(line -> line.startsWith("'"));
  }
}
