"""Visits pages of rq-dashboard with Chromium, as a person does: looks, clicks, takes pictures.

Usage: browse.py URL DIRECTORY VISITS

VISITS is JSON, a list of objects: `path`; `awaits`, a text that must appear; `row`, the id of a job
whose row has the button, if there is one; `button`, its caption, if one is to be clicked;
`confirms`, whether that asks a question first; `picture`, its name in DIRECTORY, if one is to be
taken. Prints JSON: for each visit `text`, what the page shows, `rows`, its table's, and `read`,
what can be read in the picture. Where a visit fails, DIRECTORY has failure.png.
"""

import json
import os
import subprocess
import sys

from selenium import webdriver
from selenium.common.exceptions import SessionNotCreatedException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import (
    element_to_be_clickable,
    invisibility_of_element,
    staleness_of,
)
from selenium.webdriver.support.wait import WebDriverWait

PATIENCE = 30  # seconds


def start(directory):
    """Debian's Chromium. On a busy machine it now and then ends before it listens."""
    for _ in range(3):
        try:
            return launch(directory)
        except SessionNotCreatedException as error:
            failure = error
            print('the browser is started again: %s' % error.msg, file=sys.stderr)
    raise failure


def launch(directory):
    """Starts it with a profile that goes with the directory."""
    options = webdriver.ChromeOptions()
    options.binary_location = '/usr/bin/chromium'
    options.add_argument('--headless=new')
    options.add_argument('--window-size=1300,900')
    options.add_argument('--force-device-scale-factor=2')  # letters that can be read
    options.add_argument('--disable-dev-shm-usage')
    options.add_argument(f'--user-data-dir={directory}/profile')
    if os.geteuid() == 0:
        options.add_argument('--no-sandbox')  # it refuses to be run by root with one
    log = os.path.join(directory, 'chromedriver.log')
    service = Service('/usr/bin/chromedriver', log_output=log)
    return webdriver.Chrome(options=options, service=service)


def page(driver):
    return driver.find_element(By.TAG_NAME, 'body').text


def click(driver, visit):
    """Clicks the button, answers the question, and waits until the table is another."""
    wait = WebDriverWait(driver, PATIENCE)
    place = f'//tr[@data-job-id="{visit["row"]}"]' if visit.get('row') else ''
    button = driver.find_element(By.XPATH, f'{place}//a[text()="{visit["button"]}"]')
    row = driver.find_element(By.XPATH, place or '//table[@id="jobs"]/tbody/tr')
    wait.until(element_to_be_clickable(button)).click()
    if visit.get('confirms'):
        yes = driver.find_element(By.ID, 'confirmation-modal-yes')
        wait.until(element_to_be_clickable(yes)).click()
        wait.until(invisibility_of_element(yes))
    wait.until(staleness_of(row))


def read(picture):
    """The words in a picture."""
    command = ['tesseract', picture, '-', '--psm', '6']
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def go(driver, url, directory, visit):
    driver.get(url + visit['path'])
    WebDriverWait(driver, PATIENCE).until(
        lambda driver: visit['awaits'] in page(driver),
        f'{visit["path"]} does not show {visit["awaits"]}',
    )
    found = {'read': ''}
    if visit.get('button'):
        click(driver, visit)
    found['text'] = page(driver)
    found['rows'] = [row.text for row in driver.find_elements(By.CSS_SELECTOR, 'tbody tr')]
    if visit.get('picture'):
        picture = os.path.join(directory, visit['picture'] + '.png')
        driver.save_screenshot(picture)
        found['read'] = read(picture)
    return found


url, directory, visits = sys.argv[1:]
driver = start(directory)
try:
    found = [go(driver, url, directory, visit) for visit in json.loads(visits)]
except BaseException:
    driver.save_screenshot(os.path.join(directory, 'failure.png'))
    print(f'The page was:\n{page(driver)}', file=sys.stderr)
    raise
finally:
    driver.quit()
print(json.dumps(found))
