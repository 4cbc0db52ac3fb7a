// How long a test waits for anything. It ends with what it waits for: only a failure
// takes this long, and a busy machine needs it.
const patience = 60_000

// timeout fails after the patience, with what was waited for and what was there instead.
function timeout(what, seen, fail) {
  return setTimeout(() => {
    const text = seen === undefined ? '' : `; last seen: ${JSON.stringify(seen(), null, 1)?.slice(0, 2000)}`
    fail(new Error(`waited ${patience / 1000} s for ${what}${text}`))
  }, patience)
}

// within bounds a promise.
export function within(what, promise) {
  return new Promise((resolve, reject) => {
    const timer = timeout(what, undefined, reject)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

// until asks again and again until the answer is truthy, and returns it. It is for what
// has no events, such as the state behind an HTTP call.
export async function until(what, ask) {
  const end = Date.now() + patience
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > end) throw new Error(`waited ${patience / 1000} s for ${what}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

// Log keeps all events of a client, and wakes those who wait for one.
export class Log {
  #entries = []
  #waiting = new Set()

  add(name, data) {
    this.#entries.push({ name, data })
    for (const look of this.#waiting) look()
  }

  // mark is the place behind the last event, from which a search can begin.
  mark() { return this.#entries.length }

  // find returns the first item of an event's list, or the event itself, that matches.
  find(name, match, from = 0) {
    for (const entry of this.#entries.slice(from)) {
      if (entry.name !== name) continue
      for (const item of Array.isArray(entry.data) ? entry.data : [entry.data]) {
        if (match(item)) return item
      }
    }
    return undefined
  }

  all(name, match = () => true) {
    return this.#entries.filter(e => e.name === name).flatMap(e => e.data).filter(match)
  }

  // wait returns what find finds, as soon as it is there.
  wait(name, match = () => true, from = 0) { return this.waitAny([[name, match]], from) }

  // waitAny is wait for the first of several, each a name and a match.
  waitAny(wanted, from = 0) {
    return new Promise((resolve, reject) => {
      const names = wanted.map(([name]) => name).join(' or ')
      const timer = timeout(names, () => this.#entries.slice(-5), error => { this.#waiting.delete(look); reject(error) })
      const look = () => {
        const found = wanted.map(([name, match]) => this.find(name, match, from)).find(item => item !== undefined)
        if (found === undefined) return
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve(found)
      }
      this.#waiting.add(look)
      look()
    })
  }
}
