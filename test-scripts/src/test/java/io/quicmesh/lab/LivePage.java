package io.quicmesh.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.stream.StreamSupport;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.NotFoundException;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A node's live page in a headless browser. Used by one thread. */
final class LivePage implements AutoCloseable {

  private static final File DRIVER = new File("/usr/bin/chromedriver");
  private static final String BROWSER = "/usr/bin/chromium";
  private static final Dimension SIZE = new Dimension(1360, 1000);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(50);

  private final ChromeDriver browser;
  private final Path screenshots;

  /** Starts a browser. */
  LivePage(Path screenshots) throws IOException {
    this.screenshots = Files.createDirectories(screenshots);
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
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(DRIVER).usingAnyFreePort().build();
    browser = new ChromeDriver(service, options);
    browser.manage().window().setSize(SIZE);
  }

  /** Loads the page, and lets it use the token. */
  void open(String address, String token) {
    browser.get(address);
    awaitText("#live", "live");
    find("#token").sendKeys(token);
    click("#token-form button");
  }

  WebElement find(String selector) {
    return browser.findElement(By.cssSelector(selector));
  }

  List<WebElement> findAll(String selector) {
    return browser.findElements(By.cssSelector(selector));
  }

  /** The text of an element, whether it is scrolled into view or not. */
  String text(String selector) {
    return String.valueOf(find(selector).getDomProperty("textContent"));
  }

  void click(String selector) {
    find(selector).click();
  }

  /** Chooses the option whose value begins so. */
  void choose(String select, String value) {
    click(select + " option[value^='" + value + "']");
  }

  /** A value as the page writes it, by one of the functions of its {@code format.js}. */
  String formatted(String function, Object value) {
    Object shown =
        browser.executeAsyncScript(
            "const done = arguments[2]; const [name, value] = arguments;"
                + "import('/format.js').then((format) => done(format[name](value)));",
            function,
            value);
    return String.valueOf(shown);
  }

  void awaitText(String selector, String expected) {
    await(selector + " to say: " + expected, () -> text(selector).contains(expected));
  }

  void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!holds(condition)) {
      assertThat(System.nanoTime()).as("waited in vain for " + what).isLessThan(end);
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private static boolean holds(BooleanSupplier condition) {
    try {
      return condition.getAsBoolean();
    } catch (NotFoundException | StaleElementReferenceException e) {
      return false;
    }
  }

  /** What the browser put on its console. */
  List<String> complaints() {
    return StreamSupport.stream(browser.manage().logs().get(LogType.BROWSER).spliterator(), false)
        .map(LogEntry::toString)
        .toList();
  }

  /** A picture of all that one can scroll to. */
  void screenshot(String name) throws IOException {
    browser.executeScript("scrollTo(0, 0)");
    Object data =
        browser
            .executeCdpCommand(
                "Page.captureScreenshot", Map.of("captureBeyondViewport", true, "format", "png"))
            .get("data");
    Path file = screenshots.resolve(name + ".png");
    Files.write(file, Base64.getDecoder().decode(String.valueOf(data)));
    System.out.println("screenshot " + file.toAbsolutePath());
  }

  @Override
  public void close() {
    browser.quit();
  }
}
