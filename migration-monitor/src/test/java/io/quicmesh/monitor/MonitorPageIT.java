package io.quicmesh.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The page in a real browser. Leaves its screenshots in {@code target/screenshots}. */
final class MonitorPageIT {
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  private static final File DRIVER = new File("/usr/bin/chromedriver");
  private static final String BROWSER = "/usr/bin/chromium";
  private static final Dimension DESKTOP = new Dimension(1360, 1000);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(50);

  @TempDir Path temporary;

  private FakeNetwork network;
  private Path state;
  private AdminServer server;
  private ChromeDriver browser;

  @BeforeEach
  void start() throws IOException {
    Files.createDirectories(SCREENSHOTS);
    state = temporary.resolve("s");
    network = new FakeNetwork(Instant.now());
    server = start(network, new AdminRoutes().actions(network), quarterOfAnHour());
    network.tellEventsTo(server::publish);
    browser = open();
  }

  @AfterEach
  void stop() {
    browser.quit();
    server.close();
  }

  @Test
  void showsTheMeshAndReportsNoErrors() throws IOException {
    browser.get(page("127.0.0.1"));
    awaitText("#live", "live");
    awaitText("#peers", "erin");

    assertThat(browser.getTitle()).isEqualTo("alice · quicmesh");
    assertThat(find("#summary").getText()).isEqualTo("all well: 4 of 5 peers up, 2 direct");
    assertThat(browser.findElements(By.cssSelector("#mesh .spot"))).hasSize(1 + 2 + 5);
    assertThat(browser.findElements(By.cssSelector("#charts canvas"))).hasSize(3);
    assertThat(browser.findElements(By.cssSelector("#timeline .mark"))).hasSize(3);
    assertThat(find("#handovers").getText()).contains("no candidate answered within 5 s");
    wholePage("node-light");
    assertThat(complaints()).isEmpty();
  }

  @Test
  void showsAMigrationAsItHappens() throws IOException {
    browser.get(page("localhost"));
    awaitText("#live", "live");
    awaitText("#peers", "erin");
    int before = browser.findElements(By.cssSelector("#timeline .mark")).size();

    network.migrate("bob");

    awaitText("#activity", "moved from 198.51.100.7:40000 to 198.51.100.7:50001");
    await("a new mark", () -> marks() == before + 1);
    assertThat(complaints()).isEmpty();
  }

  @Test
  void makesAMigrationAndAHandoverOnRequest() throws IOException {
    browser.get(page("127.0.0.1"));
    awaitText("#peers", "erin");
    assertThat(find("#migrate").isEnabled()).isFalse();
    enterToken(Files.readString(state.resolve(AdminConfig.TOKEN_FILE)).strip());

    find("#migrate-target option[value='erin']").click();
    find("#migrate").click();
    awaitText("#migrate-result", "to 198.51.100.7:50001; the gap was 23.4 ms");

    find("#handover-peer option[value='carol']").click();
    find("#handover-target option[value='direct']").click();
    find("#handover").click();
    awaitText("#handover-result", "carol: done in 45.4 ms; gap 4.6 ms, 17 frames resent");
    awaitText("#activity", "carol handed over from relay 203.0.113.9:4433 to direct");
    awaitText("#peers [data-key='carol'] .tag", "direct");
    awaitText("#handovers", "17 frames resent");
    wholePage("node-after-handover");
    assertThat(complaints()).isEmpty();
  }

  @Test
  void saysThatATokenIsWrong() {
    browser.get(page("127.0.0.1"));
    awaitText("#peers", "erin");
    enterToken("guessed");

    find("#migrate").click();

    awaitText("#migrate-result", "changes need the token");
    assertThat(network.at(Instant.now()).migrations()).hasSize(3);
  }

  @Test
  void canBeUsedByKeyboardAlone() throws IOException {
    browser.get(page("127.0.0.1"));
    awaitText("#peers", "erin");
    WebElement spot = find("#mesh [data-key='peer carol']");

    for (int tabs = 0; tabs < 20 && !spot.equals(browser.switchTo().activeElement()); tabs++) {
      browser.switchTo().activeElement().sendKeys(Keys.TAB);
    }
    spot.sendKeys(Keys.ENTER);

    awaitText("#detail", "3 candidates were tried");
    assertThat(browser.switchTo().activeElement()).isEqualTo(spot);
    screenshot("node-keyboard");
  }

  @Test
  void fitsAPhoneAndTheDark() throws IOException {
    // Chromium's windows have a least width; the emulated screen has not.
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", 390, "height", 844, "deviceScaleFactor", 2, "mobile", true));
    browser.get(page("127.0.0.1"));
    awaitText("#peers", "erin");

    assertThat(width("document.documentElement.scrollWidth")).isLessThanOrEqualTo(390);
    wholePage("node-phone");

    browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    find("#theme").click();
    find("#theme").click();
    await("dark", () -> "dark".equals(find("html").getAttribute("data-theme")));
    wholePage("node-dark");
    assertThat(complaints()).isEmpty();
  }

  @Test
  void showsARelay() throws IOException {
    server.close();
    server =
        start(
            () -> CompletableFuture.completedFuture(SampleFacts.relay()),
            new AdminRoutes(),
            new HistoryRing());
    browser.get(page("127.0.0.1"));
    awaitText("#clients", "198.51.100.7:40000");

    assertThat(find("#circuits").getText()).contains("aliceid234");
    assertThat(find("#quotas").getText()).contains("1 of 500");
    assertThat(find("#peers").isDisplayed()).isFalse();
    wholePage("relay-light");
    assertThat(complaints()).isEmpty();
  }

  @Test
  void isNotServedUnderAForeignName() {
    browser.get(page("rebound.example"));

    assertThat(browser.getPageSource()).contains("this host name is not served here");
  }

  private AdminServer start(FactsSource source, AdminRoutes routes, HistoryRing history)
      throws IOException {
    return AdminServer.start(
        new AdminConfig(
            state, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), true, "0.1.0"),
        source,
        routes,
        history,
        AdminLimits.DEFAULT);
  }

  private HistoryRing quarterOfAnHour() {
    HistoryRing history = new HistoryRing();
    Instant now = Instant.now();
    long nowNanos = System.nanoTime();
    for (int second = HistoryRing.SAMPLES_MAX; second > 0; second--) {
      Instant then = now.minusSeconds(second);
      history.add(network.at(then), then, nowNanos - second * 1_000_000_000L);
    }
    return history;
  }

  private static ChromeDriver open() {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(BROWSER);
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--force-prefers-reduced-motion",
        "--host-resolver-rules=MAP rebound.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1,"
            + " EXCLUDE localhost");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(DRIVER).usingAnyFreePort().build();
    ChromeDriver driver = new ChromeDriver(service, options);
    driver.manage().window().setSize(DESKTOP);
    return driver;
  }

  private String page(String host) {
    return "http://" + host + ":" + server.address().getPort() + "/";
  }

  private WebElement find(String selector) {
    return browser.findElement(By.cssSelector(selector));
  }

  /** The text of an element, whether it is scrolled into view or not. */
  private String content(String selector) {
    return String.valueOf(find(selector).getAttribute("textContent"));
  }

  private int marks() {
    return browser.findElements(By.cssSelector("#timeline .mark")).size();
  }

  private long width(String script) {
    return ((Number) browser.executeScript("return " + script)).longValue();
  }

  private void enterToken(String token) {
    find("#token").sendKeys(token);
    find("#token-form button").click();
  }

  private void awaitText(String selector, String expected) {
    await(selector + " to say: " + expected, () -> content(selector).contains(expected));
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!holds(condition)) {
      assertThat(System.nanoTime()).as("waited in vain for " + what).isLessThan(end);
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private static boolean holds(BooleanSupplier condition) {
    try {
      return condition.getAsBoolean();
    } catch (StaleElementReferenceException e) {
      return false;
    }
  }

  /** What the browser put on its console. */
  private List<String> complaints() {
    return StreamSupport.stream(browser.manage().logs().get(LogType.BROWSER).spliterator(), false)
        .map(LogEntry::toString)
        .toList();
  }

  private void screenshot(String name) throws IOException {
    Files.write(SCREENSHOTS.resolve(name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
  }

  /** A screenshot of all that one can scroll to. */
  private void wholePage(String name) throws IOException {
    browser.executeScript("scrollTo(0, 0)");
    Object data =
        browser
            .executeCdpCommand(
                "Page.captureScreenshot", Map.of("captureBeyondViewport", true, "format", "png"))
            .get("data");
    Files.write(
        SCREENSHOTS.resolve(name + ".png"), Base64.getDecoder().decode(String.valueOf(data)));
  }
}
