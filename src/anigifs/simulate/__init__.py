"""A two-domain action dataset made from nothing: `sim-1`.

config      what may be set: knobs, what a knob at 1 means, the frozen default
timing      when frames show, and where in the action each of them is
bodies      the proportions of one figure            pose, standing, lifting, floor   what it does
motions     the table of classes: motion, views, tempo
props       bars, benches, ropes, bags               camera    from the figure's space to pixels
hulls       the one shape that everything is drawn with
figure      joints to limbs, torso, head             objects   props and distractors to shapes
colours     paints     scene   backgrounds           capture   camera shake, blur, noise
paint       shapes to frames                         clip      all of it, for one clip
dataset     many clips to releases
"""
