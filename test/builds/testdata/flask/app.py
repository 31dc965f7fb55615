from flask import Flask, render_template

import tally

app = Flask(__name__)


@app.route("/")
def index():
    return render_template("index.html", count=tally.words("one two three"))
