# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium that shows one page at a time."""

import base64
import pathlib
import tempfile
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service


class Browser:
    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(prefix="dmaload-chromium-")
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        # Root has no sandbox, containers little /dev/shm.
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars",
                         f"--user-data-dir={self.profile.name}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()
        self.profile.cleanup()

    def open(self, file, width, dark=False):
        """Shows the file with all that is folded opened; waits until the charts are drawn."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})
        self.driver.get(pathlib.Path(file).resolve().as_uri())
        self.run("document.querySelectorAll('details').forEach(d => d.open = true)")
        for _ in range(100):
            if self.run("return [...document.querySelectorAll('.chart .plot')].every(p => p.querySelector('svg'))"):
                return
            time.sleep(0.05)

    def run(self, script):
        return self.driver.execute_script(script)

    def messages(self):
        """What the console says, complaints about the page among it."""
        return [f"{entry['level']}: {entry['message']}" for entry in self.driver.get_log("browser")]

    def picture(self, file):
        """The whole page as a PNG."""
        size = self.run("return [document.documentElement.clientWidth, document.documentElement.scrollHeight]")
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {
            "captureBeyondViewport": True, "clip": {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1}})
        pathlib.Path(file).write_bytes(base64.b64decode(shot["data"]))
