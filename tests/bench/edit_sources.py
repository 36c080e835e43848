"""Files in ten languages, each with two edits: lines as they are, and as they are to be."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    path: str
    comment: tuple[str, str]
    text: str
    edits: tuple[tuple[str, str], ...]


PYTHON = Source(
    "shop/cart.py",
    ("# ", ""),
    '''\
"""What a customer is about to buy."""

from dataclasses import dataclass, field


@dataclass
class Item:
    name: str
    price: int
    count: int = 1


@dataclass
class Cart:
    items: list[Item] = field(default_factory=list)

    def add(self, item):
        for other in self.items:
            if other.name == item.name:
                other.count += item.count
                return other
        self.items.append(item)
        return item

    def total(self):
        amount = 0
        for item in self.items:
            amount += item.price * item.count

        return amount


def empty():
    return Cart()
''',
    (
        (
            """\
    def total(self):
        amount = 0
        for item in self.items:
            amount += item.price * item.count

        return amount
""",
            """\
    def total(self, discount=0):
        amount = 0
        for item in self.items:
            amount += item.price * item.count
        if discount:
            amount -= amount * discount // 100

        return amount
""",
        ),
        (
            """\
    def add(self, item):
        for other in self.items:
            if other.name == item.name:
                other.count += item.count
                return other
        self.items.append(item)
""",
            """\
    def add(self, item):
        for other in self.items:
            if other.name == item.name and other.price == item.price:
                other.count += item.count
                return other
        self.items.append(item)
""",
        ),
    ),
)

TYPESCRIPT = Source(
    "src/api.ts",
    ("// ", ""),
    """\
import { Router, type Request, type Response } from "express";

const store = new Map<string, string>();

export function shorten(url: string): string {
  const id = Math.random().toString(36).slice(2, 8);
  store.set(id, url);
  return id;
}

export function routes(): Router {
  const router = Router();

  router.get("/:id", (request: Request, response: Response) => {
    const url = store.get(request.params.id);
    if (url === undefined) {
      response.status(404).send("unknown");
      return;
    }
    response.redirect(url);
  });

  return router;
}
""",
    (
        (
            """\
export function shorten(url: string): string {
  const id = Math.random().toString(36).slice(2, 8);
  store.set(id, url);
  return id;
}
""",
            """\
export function shorten(url: string, length = 6): string {
  const id = Math.random().toString(36).slice(2, 2 + length);
  if (store.has(id)) {
    return shorten(url, length);
  }
  store.set(id, url);
  return id;
}
""",
        ),
        (
            """\
    const url = store.get(request.params.id);
    if (url === undefined) {
      response.status(404).send("unknown");
      return;
    }
    response.redirect(url);
""",
            """\
    const url = store.get(request.params.id);
    if (url === undefined) {
      response.status(404).json({ error: "unknown" });
      return;
    }
    response.redirect(301, url);
""",
        ),
    ),
)

GO = Source(
    "queue/queue.go",
    ("// ", ""),
    """\
package queue

import (
\t"errors"
\t"sync"
)

var ErrEmpty = errors.New("queue is empty")

type Queue struct {
\tmu    sync.Mutex
\titems []string
}

func (q *Queue) Push(item string) {
\tq.mu.Lock()
\tdefer q.mu.Unlock()
\tq.items = append(q.items, item)
}

func (q *Queue) Pop() (string, error) {
\tq.mu.Lock()
\tdefer q.mu.Unlock()
\tif len(q.items) == 0 {
\t\treturn "", ErrEmpty
\t}
\titem := q.items[0]
\tq.items = q.items[1:]
\treturn item, nil
}
""",
    (
        (
            """\
func (q *Queue) Push(item string) {
\tq.mu.Lock()
\tdefer q.mu.Unlock()
\tq.items = append(q.items, item)
}
""",
            """\
func (q *Queue) Push(item string) bool {
\tq.mu.Lock()
\tdefer q.mu.Unlock()
\tif len(q.items) >= q.limit {
\t\treturn false
\t}
\tq.items = append(q.items, item)
\treturn true
}
""",
        ),
        (
            """\
\tif len(q.items) == 0 {
\t\treturn "", ErrEmpty
\t}
\titem := q.items[0]
\tq.items = q.items[1:]
\treturn item, nil
""",
            """\
\tif len(q.items) == 0 {
\t\treturn "", fmt.Errorf("pop: %w", ErrEmpty)
\t}
\titem := q.items[0]
\tq.items = q.items[1:]
\treturn item, nil
""",
        ),
    ),
)

RUST = Source(
    "src/parse.rs",
    ("// ", ""),
    """\
use std::collections::HashMap;

pub struct Config {
    values: HashMap<String, String>,
}

impl Config {
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut values = HashMap::new();
        for line in text.lines() {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            let (key, value) = line.split_once('=').ok_or("no value")?;
            values.insert(key.to_string(), value.to_string());
        }
        Ok(Self { values })
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }
}
""",
    (
        (
            """\
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            let (key, value) = line.split_once('=').ok_or("no value")?;
            values.insert(key.to_string(), value.to_string());
""",
            """\
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (key, value) = line.split_once('=').ok_or("no value")?;
            values.insert(key.trim().to_string(), value.trim().to_string());
""",
        ),
        (
            """\
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    pub fn len(&self) -> usize {
""",
            """\
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub fn len(&self) -> usize {
""",
        ),
    ),
)

JAVA = Source(
    "src/main/java/shop/Account.java",
    ("// ", ""),
    """\
package shop;

import java.util.ArrayList;
import java.util.List;

public final class Account {
    private final String owner;
    private final List<Long> entries = new ArrayList<>();

    public Account(String owner) {
        this.owner = owner;
    }

    public void deposit(long amount) {
        if (amount <= 0) {
            throw new IllegalArgumentException("amount");
        }
        entries.add(amount);
    }

    public void withdraw(long amount) {
        if (amount > balance()) {
            throw new IllegalStateException("too much");
        }
        entries.add(-amount);
    }

    public long balance() {
        long sum = 0;
        for (long entry : entries) {
            sum += entry;
        }
        return sum;
    }
}
""",
    (
        (
            """\
    public long balance() {
        long sum = 0;
        for (long entry : entries) {
            sum += entry;
        }
        return sum;
    }
""",
            """\
    public long balance() {
        return entries.stream().mapToLong(Long::longValue).sum();
    }
""",
        ),
        (
            """\
    public void withdraw(long amount) {
        if (amount > balance()) {
            throw new IllegalStateException("too much");
        }
        entries.add(-amount);
    }
""",
            """\
    public void withdraw(long amount) {
        if (amount <= 0) {
            throw new IllegalArgumentException("amount");
        }
        if (amount > balance()) {
            throw new IllegalStateException("too much");
        }
        entries.add(-amount);
    }
""",
        ),
    ),
)

C = Source(
    "src/buffer.c",
    ("/* ", " */"),
    """\
#include <stdlib.h>
#include <string.h>
#include "buffer.h"

struct buffer *buffer_new(size_t size)
{
    struct buffer *b = malloc(sizeof *b);
    if (!b)
        return NULL;
    b->data = malloc(size);
    b->size = size;
    b->used = 0;
    return b;
}

int buffer_put(struct buffer *b, const void *data, size_t length)
{
    if (b->used + length > b->size)
        return -1;
    memcpy(b->data + b->used, data, length);
    b->used += length;
    return 0;
}

void buffer_free(struct buffer *b)
{
    free(b->data);
    free(b);
}
""",
    (
        (
            """\
    struct buffer *b = malloc(sizeof *b);
    if (!b)
        return NULL;
    b->data = malloc(size);
    b->size = size;
    b->used = 0;
""",
            """\
    struct buffer *b = malloc(sizeof *b);
    if (!b)
        return NULL;
    b->data = malloc(size);
    if (!b->data) {
        free(b);
        return NULL;
    }
    b->size = size;
    b->used = 0;
""",
        ),
        (
            """\
int buffer_put(struct buffer *b, const void *data, size_t length)
{
    if (b->used + length > b->size)
        return -1;
    memcpy(b->data + b->used, data, length);
""",
            """\
int buffer_put(struct buffer *b, const void *data, size_t length)
{
    if (length > b->size - b->used)
        return -1;
    memcpy(b->data + b->used, data, length);
""",
        ),
    ),
)

RUBY = Source(
    "lib/greeter.rb",
    ("# ", ""),
    """\
# frozen_string_literal: true

require "json"

module Greeter
  class Person
    attr_reader :name, :language

    def initialize(name, language: "en")
      @name = name
      @language = language
    end

    def greet
      case language
      when "de" then "Guten Tag, #{name}"
      when "fr" then "Bonjour, #{name}"
      else "Hello, #{name}"
      end
    end

    def to_json(*args)
      { name: name, language: language }.to_json(*args)
    end
  end
end
""",
    (
        (
            """\
    def greet
      case language
      when "de" then "Guten Tag, #{name}"
      when "fr" then "Bonjour, #{name}"
      else "Hello, #{name}"
      end
""",
            """\
    def greet
      case language
      when "de" then "Guten Tag, #{name}"
      when "fr" then "Bonjour, #{name}"
      when "it" then "Buongiorno, #{name}"
      else "Hello, #{name}"
      end
""",
        ),
        (
            """\
    attr_reader :name, :language

    def initialize(name, language: "en")
      @name = name
      @language = language
    end
""",
            """\
    attr_reader :name, :language

    def initialize(name, language: "en")
      raise ArgumentError, "name" if name.empty?

      @name = name
      @language = language
    end
""",
        ),
    ),
)

HTML = Source(
    "public/index.html",
    ("<!-- ", " -->"),
    """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Shop</title>
    <link rel="stylesheet" href="style.css">
  </head>
  <body>
    <header>
      <h1>Shop</h1>
      <nav>
        <a href="/">Home</a>
        <a href="/cart">Cart</a>
      </nav>
    </header>
    <main>
      <form action="/search">
        <input name="q" placeholder="What do you look for?">
        <button>Search</button>
      </form>
    </main>
  </body>
</html>
""",
    (
        (
            """\
      <nav>
        <a href="/">Home</a>
        <a href="/cart">Cart</a>
      </nav>
    </header>
""",
            """\
      <nav aria-label="Main">
        <a href="/">Home</a>
        <a href="/cart">Cart</a>
        <a href="/login">Sign in</a>
      </nav>
    </header>
""",
        ),
        (
            """\
    <main>
      <form action="/search">
        <input name="q" placeholder="What do you look for?">
        <button>Search</button>
      </form>
""",
            """\
    <main>
      <form action="/search" role="search">
        <label for="q">Search</label>
        <input name="q" placeholder="What do you look for?">
        <button>Search</button>
      </form>
""",
        ),
    ),
)

CSS = Source(
    "public/style.css",
    ("/* ", " */"),
    """\
:root {
  --accent: #632ca6;
  --space: 8px;
}

body {
  margin: 0;
  font-family: system-ui, sans-serif;
  color: #222;
}

nav a {
  padding: var(--space);
  color: var(--accent);
  text-decoration: none;
}

button {
  padding: var(--space);
  border: 0;
  background: var(--accent);
  color: white;
}

@media (max-width: 600px) {
  nav {
    display: none;
  }
}
""",
    (
        (
            """\
nav a {
  padding: var(--space);
  color: var(--accent);
  text-decoration: none;
}
""",
            """\
nav a {
  padding: var(--space) calc(2 * var(--space));
  color: var(--accent);
  text-decoration: none;
}

nav a:hover {
  text-decoration: underline;
}
""",
        ),
        (
            """\
  border: 0;
  background: var(--accent);
  color: white;
}

@media (max-width: 600px) {
""",
            """\
  border: 0;
  border-radius: 4px;
  background: var(--accent);
  color: white;
}

@media (max-width: 600px) {
""",
        ),
    ),
)

YAML = Source(
    "deploy/shop.yaml",
    ("# ", ""),
    """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  labels:
    app: shop
spec:
  replicas: 1
  selector:
    matchLabels:
      app: shop
  template:
    metadata:
      labels:
        app: shop
    spec:
      containers:
        - name: shop
          image: shop:1
          ports:
            - containerPort: 8000
          env:
            - name: LEVEL
              value: info
""",
    (
        (
            """\
        - name: shop
          image: shop:1
          ports:
            - containerPort: 8000
          env:
            - name: LEVEL
              value: info
""",
            """\
        - name: shop
          image: shop:2
          ports:
            - containerPort: 8000
          resources:
            limits:
              memory: 256Mi
          env:
            - name: LEVEL
              value: info
""",
        ),
        (
            """\
spec:
  replicas: 1
  selector:
    matchLabels:
      app: shop
  template:
""",
            """\
spec:
  replicas: 3
  strategy:
    type: Recreate
  selector:
    matchLabels:
      app: shop
  template:
""",
        ),
    ),
)

SOURCES = (PYTHON, TYPESCRIPT, GO, RUST, JAVA, C, RUBY, HTML, CSS, YAML)
