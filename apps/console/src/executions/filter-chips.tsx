import { isPicked, pick, picks, withoutPick } from './filter-picks.ts';

/** The usual filters, to be had by one click and combined with what is there. */
export function FilterChips({ filter, onFilter }: { filter: string; onFilter: (filter: string) => void }) {
  return (
    <div className="chips" style={{ marginTop: 8 }}>
      {picks.map((each) => {
        const pressed = isPicked(filter, each);
        return (
          <button
            key={each.name}
            type="button"
            className="chip"
            aria-pressed={pressed}
            onClick={() => onFilter(pressed ? withoutPick(filter, each) : pick(filter, each, Date.now()))}
          >
            {each.name}
          </button>
        );
      })}
    </div>
  );
}
